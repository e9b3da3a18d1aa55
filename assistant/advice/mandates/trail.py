"""What a mandate trail is made of."""

from __future__ import annotations

from enum import StrEnum

from assistant.citations import label_in_print
from corpus.documents import Frozen


class Verdict(StrEnum):
    """Whether somebody has the mandate asked about."""

    YES = "yes"
    IN_PART = "in_part"
    NO = "no"


class Why(StrEnum):
    """How an instrument came into the trail."""

    TITLE = "title"
    CLAUSE = "clause"
    RELATED = "related"
    CITED = "cited"


class Duty(Frozen):
    """One clause by which somebody is told or asked to do something.

    Attributes:
        address, label, quote: the clause, its name for people, its words verbatim.
        document: id of the instrument.
        verb: from the section heading: instructs, resolves, invites, ...; 'states' in a digest.
        actors: who is addressed (`corpus.language.actors` ids); empty where the text binds the
            Union.
        direct: the clause names the topic in its own words, not only something broader.
        fit: how well it matches what was asked; for ordering, higher is better.
    """

    address: str
    label: str
    quote: str
    document: str
    verb: str
    actors: tuple[str, ...]
    direct: bool
    fit: float
    is_digest: bool = False


class KnownEdition(Frozen):
    """One edition of an instrument: what the catalogue knows and whether its text is held."""

    document: str
    label: str
    year: int | None
    standing: str
    held: str
    """'official', 'digest' or '' where no text is held."""


class Instrument(Frozen):
    """An instrument of the trail, in the edition that is held, with every edition known."""

    document: str
    label: str
    title: str
    why: Why
    editions: tuple[KnownEdition, ...]
    caution: str = ""
    url: str | None = None

    @property
    def work(self) -> str:
        """The id without the edition."""
        return self.document.partition("@")[0]


class Link(Frozen):
    """A cross-reference between two texts of the trail, by the clause that makes it."""

    source: str
    target: str
    address: str


class MandateTrail(Frozen):
    """Everything found. `verdict` is about `actor`, None where no actor was asked about."""

    topic: str
    actor: str | None
    verdict: Verdict
    sentence: str
    deciding: tuple[Duty, ...]
    instruments: tuple[Instrument, ...]
    duties: tuple[Duty, ...]
    links: tuple[Link, ...]
    notes: tuple[str, ...] = ()


_ACTOR_NAMES = {
    "bdt": "BDT",
    "tsb": "TSB",
    "br": "BR",
    "bureaux": "the Bureaux",
    "secretary-general": "the Secretary-General",
    "council": "the ITU Council",
    "member-states": "Member States",
    "sector-members": "Sector Members",
    "associates": "Associates",
    "academia": "Academia",
    "membership": "the membership",
    "sme": "SMEs",
    "study-groups": "the study groups",
    "plenipotentiary": "the Plenipotentiary Conference",
    "cwg": "the Council working group",
    "advisory-group": "the advisory group",
    "sectors": "the Sectors",
    "all": "all stakeholders",
}


def actor_name(actor: str) -> str:
    """An actor's id as a person reads it."""
    return _ACTOR_NAMES.get(actor, actor)


def printed_label(duty: Duty) -> str:
    """The clause part of a duty's address as printed: 'resolves 2'."""
    section, _, label = duty.address.partition("#")[2].partition(".")
    return f"{section.replace('-', ' ')} {label_in_print(label or None)}".strip()
