"""Sentences that begin with the verb of a heading: 'Instructs the Council to ...' gets its subject.

A model that copies a resolution's form leaves out who speaks. The clause it cites tells: the name
of the instrument is put before it, so that the sentence can be read on its own. English alone:
the other languages' answers are not held to the clause's own words.
"""

from __future__ import annotations

import re

_FINITE = (
    "resolves|decides|instructs|invites|requests|encourages|urges|authorizes|appeals|recommends|"
    "recognizes|notes|considers|recalls|emphasizes|affirms|reaffirms|acknowledges|endorses"
)
_PARTICIPLES = {
    "recognizing": "recognizes",
    "noting": "notes",
    "considering": "considers",
    "recalling": "recalls",
    "emphasizing": "emphasizes",
    "affirming": "affirms",
    "acknowledging": "acknowledges",
}
_BEGINS = re.compile(
    rf"(?:(?:also|further)\s+)?({_FINITE}|{'|'.join(_PARTICIPLES)})\b(?!\s*[,:])", re.IGNORECASE
)
_NAMED = re.compile(
    rf"(?P<name>(?:Resolution|Decision|Recommendation) \d+(?: \([^)]*\))?),? "
    rf"(?P<verb>{'|'.join(_PARTICIPLES)})\b"
)
_EMPTY = re.compile(
    r"\b(?:is|are|was|were) (?:also )?(?:resolved|decided|noted|considered|recognized|recalled|"
    r"instructed|invited|requested|encouraged|urged)\W*$",
    re.IGNORECASE,
)


def with_subject(text: str, instrument: str) -> str:
    """`text` with `instrument` before it, where it begins with a heading's verb; else as it is.

    Args:
        text: one sentence in English.
        instrument: name of the text whose clause it cites: 'Resolution 7 (Oslo, 1990)'.
    """
    if named := _NAMED.match(text):  # "Resolution 7, considering that ..."
        return f"{named['name']} {_PARTICIPLES[named['verb']]}{text[named.end() :]}"
    match = _BEGINS.match(text)
    if match is None:
        return text
    verb = match[1].lower()
    begins = text[: match.end()].lower().replace(verb, _PARTICIPLES.get(verb, verb))
    name = instrument[:1].upper() + instrument[1:]
    return f"{name} {begins}{text[match.end() :]}"


def says_nothing(text: str) -> bool:
    """Whether all a sentence says of its subject is the heading's verb: '... are resolved.'"""
    return bool(_EMPTY.search(text))
