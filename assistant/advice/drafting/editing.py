"""Edits of one section: drop a sentence, add a source, insert one's own text."""

from __future__ import annotations

from assistant.advice.drafting.draft import BadDraft, Draft, Nature, Sentence
from assistant.advice.drafting.gathering import quoted
from assistant.advice.mandates.instruments import Holds


def drop(version: Draft, key: str, number: int) -> Draft:
    """Without sentence `number` (from 1); a section left empty says so.

    Raises:
        BadDraft: no such section or sentence.
    """
    sentences = version.section(key).sentences
    if not 1 <= number <= len(sentences):
        raise BadDraft(f"Section '{key}' has sentences 1 to {len(sentences)}, not {number}.")
    left = sentences[: number - 1] + sentences[number:]
    return version.having(key, left or (Sentence.gap("this section, left empty by its author"),))


def add_source(version: Draft, key: str, address: str, advisor: Holds) -> Draft:
    """With the clause at `address` quoted at the end of the section; a gap gives way to it.

    Raises:
        BadDraft: no such section. BadAddress, UnknownAddress: no such clause on the shelf.
    """
    sentence = quoted(address, advisor, version.brief.topic)
    kept = tuple(s for s in version.section(key).sentences if s.nature is not Nature.GAP)
    return version.having(key, (*kept, sentence))


def insert(version: Draft, key: str, text: str, number: int | None = None) -> Draft:
    """With the person's own text before sentence `number`, or at the end; marked as theirs.

    Raises:
        BadDraft: no such section, or nothing but blanks.
    """
    words = " ".join(text.split())
    if not words:
        raise BadDraft("There is no text to insert.")
    kept = list(version.section(key).sentences)
    if number is None:
        kept = [s for s in kept if s.nature is not Nature.GAP]
    place = len(kept) if number is None else max(0, min(number - 1, len(kept)))
    kept.insert(place, Sentence(nature=Nature.OWN, text=words))
    return version.having(key, tuple(kept))
