"""The made-up resolution that a model writes about, and what is looked for in its answers."""

from __future__ import annotations

from typing import Any

from assistant import phrases
from assistant.answers import Answer, Status
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind

QUESTION = "Who supports glasshouse orchards, and what are the island councils told about pears?"
DOCUMENT = Document(
    id="pp-res-901@2030",
    title="Orchards under glass on small islands",
    kind=DocumentKind.RESOLUTION,
    edition=Edition(place="Tallinn", year=2030),
    number="901",
    body="pp",
    official_url="https://www.itu.int/en/orchards",
    sections=(
        Section(
            slug="resolves",
            heading="resolves",
            kind=SectionKind.OPERATIVE,
            clauses=(
                Clause(label="1", text="to support glasshouse orchards on every small island"),
                Clause(label="2", text="that orchards shall not sell pears before 15 June 2031"),
            ),
        ),
        Section(
            slug="instructs-the-secretary-general",
            heading="instructs the Secretary-General",
            kind=SectionKind.OPERATIVE,
            clauses=(
                Clause(
                    label="1",
                    text="to report to the Council every year on the harvest of glasshouse pears",
                ),
            ),
        ),
        Section(
            slug="invites-member-states",
            heading="invites Member States",
            kind=SectionKind.OPERATIVE,
            clauses=(Clause(label=None, text="to lend ladders to island orchards for pears"),),
        ),
    ),
)
GOOD = (
    "Resolution 901 (Tallinn, 2030) resolves to support glasshouse orchards on every small island"
)
INVITED = "Member States are invited to lend ladders to island orchards for pears"


def written(answer: Answer) -> list[str]:
    return [claim.text for claim in answer.claims if not claim.is_quote]


def seen(answer: Answer) -> dict[str, Any]:
    facts = answer.trace["write"]
    assert isinstance(facts, dict)
    return facts


def quoted_because(answer: Answer, reason: str) -> None:
    """The turn was not lost: it quotes, says why, and shows nothing the model wrote."""
    assert answer.status is not Status.FAILED
    assert answer.claims
    assert all(claim.is_quote for claim in answer.claims)
    why = phrases.say(answer.language, f"fallback-{reason}")
    assert answer.notes[0] == phrases.say(answer.language, "write-fallback", reason=why)
