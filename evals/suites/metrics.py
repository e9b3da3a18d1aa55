"""How one answer is judged against one item. Deterministic: no model, no network.

A clause counts once. Acceptable alternatives (`also`) are never wrong to cite, and each may stand
in for one gold clause that is missing, so an answer built on alternatives is not called incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Protocol

from assistant.answers import Answer, Citation, Claim, Status
from assistant.grounding import Cited, ground
from corpus.addresses import Address
from corpus.documents import Frozen
from corpus.language.letters import detect_language
from corpus.shelf.catalogue import Catalogue
from evals.suites import evidence
from evals.suites.suite import Item
from evals.suites.words import share_of_words, spelled_out


class ClauseText(Protocol):
    """The stored text of the clause at an address, or None where there is no such clause.

    In `language` where it is held in it: answers quote digests in the asker's language.
    """

    def __call__(self, address: str, language: str = "en") -> str | None:
        """See the class."""
        ...


_NUGGET_SHARE = 0.8
"""A nugget is there when the answer holds this share of those of its words that the gold clauses
hold: nuggets are paraphrases, so the gold text itself is the measure of what can be found. Where a
clause stands (its instrument, its section) is a part of what it says, as it is shown with it: see
docs/decisions/0009-nuggets-of-the-place.md."""

_NAMED = re.compile("“[^”]*”|«[^»]*»|《[^》]*》|[(（][^)）]*[)）]")
"""Titles and remarks inside an opening, which keep the document's language."""

_ENOUGH_LETTERS = 25
"""Own words shorter than this do not tell a language."""

_DIGITS = re.compile(r"\d+")

_KINDS = {"res": "resolution", "dec": "decision", "rec": "recommendation"}
"""Kinds of instrument as an address shortens them."""

_ANSWERED = (Status.ANSWERED, Status.PARTLY_ANSWERED)


class Judgement(Frozen):
    """One item's figures; None where a figure does not apply to it. All in 0..1, higher better.

    Attributes:
        status_right: the status is one the item expects; a false premise counts as right too
            when it is corrected by citing a gold clause.
        refused: the answer gives no claim (for refusal and false-refusal rates).
        citation_precision: share of cited clauses that are gold or acceptable.
        citation_recall: share of gold clauses cited (alternatives stand in).
        document_recall: share of gold documents cited.
        quotes_exact: share of quotations found word for word in the stored clause, in the language
            of the quotation.
        grounded: share of claims that their clauses bear out: quotations word for word, sentences
            a model wrote by `assistant.grounding` (English ones; its rules know no other language),
            facts of the catalogue by its numbers.
        cited: share of claims with at least one citation (P1).
        vital, nuggets: share of vital, of all nuggets found in what is said.
        language_right: the answer says it is in the question's language, and its opening is.
        evidence_recall_5, evidence_recall_10, evidence_ndcg: of the search behind the answer.
        clean: nothing that must never be cited is cited.
    """

    status_right: float
    refused: float
    citation_precision: float | None = None
    citation_recall: float | None = None
    document_recall: float | None = None
    quotes_exact: float | None = None
    grounded: float | None = None
    cited: float | None = None
    vital: float | None = None
    nuggets: float | None = None
    language_right: float | None = None
    evidence_recall_5: float | None = None
    evidence_recall_10: float | None = None
    evidence_ndcg: float | None = None
    clean: float = 1.0


def citation_counts(
    cited: Sequence[str], gold: Sequence[str], also: Sequence[str]
) -> tuple[float, float]:
    """(precision, recall) of cited addresses; see the module for how alternatives count.

    Precision of no citation is 0; recall of no gold is 1.
    """
    said, right, other = set(cited), set(gold), set(also) - set(gold)
    hits, stand_ins = len(said & right), len(said & other)
    precision = (hits + stand_ins) / len(said) if said else 0.0
    recall = min(len(right), hits + stand_ins) / len(right) if right else 1.0
    return precision, recall


def judge(item: Item, answer: Answer, clause_text: ClauseText) -> Judgement:
    """Judge one answer.

    Args:
        item: the question with what a right answer holds.
        answer: of the turn that is judged.
        clause_text: looks a stored clause up, to check quotations and nuggets.
    """
    cited = list(dict.fromkeys(a for claim in answer.claims for a in claim.addresses))
    precision, recall = citation_counts(cited, item.gold, item.also)
    corrected = item.type == "false_premise" and recall > 0
    figures: dict[str, float | None] = {
        "status_right": float(answer.status in item.expected or corrected),
        "refused": float(answer.status not in _ANSWERED),
        "language_right": float(_in_language(answer, item.language)),
        "clean": float(not any(_forbidden(a, item.never) for a in cited)),
    }
    if item.gold and item.answerable:
        documents = {address.split("#")[0] for address in item.gold}
        found = {address.split("#")[0] for address in cited} & documents
        figures |= {
            "citation_precision": precision,
            "citation_recall": recall,
            "document_recall": len(found) / len(documents),
        }
        figures |= _nuggets(item, answer, clause_text)
        addresses = evidence.ranked(answer)
        if addresses is not None:
            figures |= evidence.measure(item, addresses)
    if answer.claims:
        quotes = [claim for claim in answer.claims if claim.is_quote]
        exact = [_exact(claim, clause_text) for claim in quotes]
        figures["quotes_exact"] = sum(exact) / len(exact) if exact else None
        borne_out = [_borne_out(claim, answer.citations, clause_text) for claim in answer.claims]
        told = [one for one in borne_out if one is not None]
        figures["grounded"] = sum(told) / len(told) if told else None
        figures["cited"] = sum(bool(c.addresses) for c in answer.claims) / len(answer.claims)
    return Judgement.model_validate(figures)


def _forbidden(address: str, never: Sequence[str]) -> bool:
    return any(address == bad or address.split("#")[0] == bad for bad in never)


def _exact(quote: Claim, clause_text: ClauseText) -> bool:
    """Whether every piece of a quotation (pieces are parted by an ellipsis) is in its clause."""
    texts = [clause_text(address, quote.language) or "" for address in quote.addresses]
    stored = " ".join(" ".join(text.split()) for text in texts)
    pieces = [" ".join(piece.split()) for piece in quote.text.replace("[…]", "…").split("…")]
    return all(piece in stored for piece in pieces if piece)


def _borne_out(claim: Claim, citations: Sequence[Citation], clause_text: ClauseText) -> bool | None:
    if claim.is_quote:
        return _exact(claim, clause_text)
    facts = {citation.address for citation in citations if citation.is_catalogue}
    if claim.addresses and facts.issuperset(claim.addresses):
        return _of_the_catalogue(claim)
    if claim.language != "en":
        return None
    cited = [
        Cited(
            address=address,
            document=address.split("#")[0],
            heading=(Address.parse(address).section or "").replace("-", " "),
            text=clause_text(address) or "",
        )
        for address in claim.addresses
    ]
    return ground(claim.text, cited, language=claim.language).grounded


def _of_the_catalogue(claim: Claim) -> bool | None:
    """Whether the catalogue has every number that is said of its documents and their successors.

    No clause stands behind such a claim, and its words are phrases of ours; what could be wrong is
    a number, a year or a page. None where the catalogue does not know the document: what is said
    was read off the document itself.
    """
    catalogue = _catalogue()
    entries = [catalogue.get(address) for address in claim.addresses]
    if None in entries:
        return None
    later = [catalogue.superseded_by(address) for address in claim.addresses]
    known = {
        number
        for entry in (*entries, *(catalogue.get(one) for one in later if one))
        if entry is not None
        for number in _numbers(entry.model_dump_json())
    }
    return known.issuperset(_numbers(claim.text))


@cache
def _catalogue() -> Catalogue:
    return Catalogue.load()


def _numbers(text: str) -> set[int]:
    return {int(digits) for digits in _DIGITS.findall(text)}


def _in_language(answer: Answer, language: str) -> bool:
    """Whether the answer's own words are in `language`; titles inside them do not count."""
    own = " ".join(_NAMED.sub(" ", answer.opening).split())
    if answer.language != language or len(own) < _ENOUGH_LETTERS:
        return answer.language == language
    return detect_language(own) == language


def _nuggets(item: Item, answer: Answer, clause_text: ClauseText) -> dict[str, float | None]:
    if not item.nuggets:
        return {}
    cited = dict.fromkeys(a for claim in answer.claims for a in claim.addresses)
    texts = [text for claim in answer.claims for text in _said(claim, clause_text)]
    said = spelled_out(" ".join([*texts, *map(_placed, cited)]))
    gold = spelled_out(" ".join(f"{_placed(a)} {clause_text(a) or ''}" for a in item.gold))
    found: list[tuple[bool, bool]] = []
    for nugget in item.nuggets:
        text = spelled_out(nugget.text)
        possible = share_of_words(text, gold)
        there = share_of_words(text, said)
        found.append((nugget.vital, there > 0 and there >= _NUGGET_SHARE * possible))
    vital = [there for is_vital, there in found if is_vital]
    return {
        "vital": sum(vital) / len(vital) if vital else None,
        "nuggets": sum(there for _, there in found) / len(found),
    }


def _said(claim: Claim, clause_text: ClauseText) -> Iterator[str]:
    """What a claim says, and in English too where it quotes the translation of a clause whole.

    The facts wanted are written in the language of the documents, whatever that of the question.
    """
    yield claim.text
    if claim.is_quote and claim.language != "en":
        for address in claim.addresses:
            if (clause_text(address, claim.language) or "").split() == claim.text.split():
                yield clause_text(address) or ""


def _placed(address: str) -> str:
    """What an address says in words: 'Resolution 205 2018 instructs the secretary general 4'."""
    document, _, place = address.partition("#")
    work, _, year = document.partition("@")
    body, _, rest = work.partition("-")
    kind, _, number = rest.partition("-")
    name = f"{_KINDS[kind]} {number}" if kind in _KINDS else rest.replace("-", " ")
    section, _, label = place.partition(".")
    return f"{body} {name} {year} {section.replace('-', ' ')} {label}"
