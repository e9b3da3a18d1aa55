"""What the screens hold, as HTML: from the advisor and the store, in the interface language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant import library
from assistant.advice.review.framework import country_name
from assistant.api.opening import Opening
from assistant.citations import document_label
from assistant.people.roles import Role, may
from assistant.phrases import say
from assistant.ui import site, view
from assistant.ui.markup import render
from assistant.ui.view import ShownTurn
from corpus.addresses import Address
from corpus.documents import DocumentKind
from corpus.errors import AdvisorError
from corpus.language.regions import REGIONS, Region, regions_of


def _of_region(lines: Sequence[library.Summary], region: Region) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.id for line in lines if region in regions_of(line.title)))


ROLES = (("role-official", ("example-1", "example-2")), ("role-staff", ("example-3", "example-4")))


class Screens:
    """Draws every part of the page. Holds no state of a visitor's."""

    def __init__(self, opening: Opening) -> None:
        """`opening` gives the advisor once it is open."""
        self._opening = opening

    def header(
        self, language: str, door: site.Door, role: Role = Role.READER, who: str = ""
    ) -> str:
        """Title, views and pages that `role` may open, the choice of language, who is here."""
        return site.header(language, role, door, who=who)

    def footer(self, language: str) -> str:
        """What a reader should bear in mind."""
        return render("footer.html", language)

    def welcome(self, language: str) -> str:
        """What an empty conversation shows."""
        return render("welcome.html", language, roles=ROLES)

    def conversations(self, language: str, owner: str, current: str | None) -> str:
        """The list of conversations; empty while the advisor is being opened."""
        try:
            lines = self._opening.advisor().store.conversations(owner, limit=100)
        except AdvisorError:
            lines = []
        return render(
            "conversations.html",
            language,
            conversations=lines,
            current=current or "",
            may_share=site.door_of(owner)
            is not site.Door.IN,  # the rules of `assistant.people.roles`
        )

    def turns(
        self, language: str, conversation: str | None, turns: list[ShownTurn], announce: str = ""
    ) -> str:
        """The conversation; the welcome where there is none."""
        if not turns:
            return self.welcome(language)
        busy = bool(turns[-1].progress)
        follow = [] if busy else self._follow_ups(turns[-1], language)
        return render(
            "turns.html",
            language,
            turns=[
                view.turn_values(turn, language, lambda id: self._named(id, language))
                for turn in turns
            ],
            signs={status.value: sign for status, sign in view.SIGNS.items()},
            conversation=conversation or "",
            announce=announce,
            busy=busy,
            follow_ups=follow,
        )

    def sources(self, language: str, turns: list[ShownTurn]) -> str:
        """The sources of every turn, the last one's shown, also where it has none."""
        values: list[dict[str, Any]] = []
        if any(turn.cited for turn in turns):
            advisor = self._opening.advisor()
            pages = self._opening.pages(advisor)
            values = [view.source_values(advisor, pages, turn, language) for turn in turns]
        elif turns:
            values = [view.without_sources(turn) for turn in turns]
        return render("sources.html", language, turns=values)

    def stored(self, conversation: str | None, owner: str) -> list[ShownTurn]:
        """The turns of a stored conversation; none when it is not this owner's."""
        if not conversation:
            return []
        try:
            turns = self._opening.advisor().store.turns(conversation, owner)
        except AdvisorError:
            return []
        return [ShownTurn.of(turn) for turn in turns]

    def filters(self, language: str, chosen: dict[str, Any], role: Role = Role.READER) -> str:
        """Filters over what the shelf really holds; for who may, the way to add a file to it."""
        try:
            lines = library.summaries(self._opening.advisor())
        except AdvisorError:
            lines = []
        held = {line.kind for line in lines}
        years = {entry.split("@")[1][:4] for entry in (line.id for line in lines) if "@" in entry}
        return render(
            "filters.html",
            language,
            may_add=may(role, Role.LIBRARIAN),
            kinds=[kind.value for kind in DocumentKind if kind in held],
            years=sorted(years, reverse=True),
            documents=list({line.id: line.label for line in lines}.items()),
            countries=sorted(
                {
                    (line.country, country_name(line.country, language))
                    for line in lines
                    if line.country
                },
                key=lambda country: country[1],
            ),
            regions=[region.value for region in REGIONS if _of_region(lines, region)],
            chosen={
                "document": "",
                "country": "",
                "region": "",
                "kind": "",
                "year": "",
                "superseded": False,
                **chosen,
            },
        )

    def in_region(self, region: str) -> tuple[str, ...]:
        """Ids of the documents that are about a region by their titles; () for no region."""
        if region not in REGIONS:
            return ()
        return _of_region(library.summaries(self._opening.advisor()), Region(region))

    def document(self, language: str, id: str, focus: str = "") -> str:
        """A document as clauses, the clause at address `focus` marked."""
        try:
            advisor = self._opening.advisor()
            document = advisor.shelf.best(Address.parse(id).document, language)
        except AdvisorError as error:
            return render("problem.html", language, message=self.says(language, error))
        return render(
            "document.html",
            language,
            document=document,
            label=document_label(document, language),
            clauses=sum(len(section.clauses) for section in document.sections),
            superseded_label=view.name_of(
                advisor, advisor.catalogue.superseded_by(document.id), language
            ),
            url=library.official_url(advisor, document),
            focus=focus,
        )

    @staticmethod
    def says(language: str, error: AdvisorError) -> str:
        """An error in the reader's words: in their language where there is a phrase for it."""
        if error.code == "starting":
            return say(language, "ui-loading")
        return site.without_commands(error.message)

    def _named(self, document: str | None, language: str) -> str:
        try:
            return view.name_of(self._opening.advisor(), document, language)
        except AdvisorError:
            return document or ""

    def _follow_ups(self, turn: ShownTurn, language: str) -> list[str]:
        if turn.answer is None:
            return []
        try:
            return view.follow_ups(self._opening.advisor(), turn.answer, language)
        except AdvisorError:
            return []
