"""What the screens hold, as HTML: from the advisor and the store, in the interface language."""

from __future__ import annotations

from typing import Any

from assistant import library
from assistant.advisor import Advisor
from assistant.api.opening import Opening
from assistant.citations import document_label, edition_in, title_of
from assistant.phrases import say
from assistant.roles import Role
from assistant.ui import menu, site, view
from assistant.ui.markup import render
from assistant.ui.view import ShownTurn
from corpus.addresses import Address
from corpus.documents import DocumentKind
from corpus.errors import AdvisorError
from corpus.holdings import Held, holdings

ROLES = (("role-official", ("example-1", "example-2")), ("role-staff", ("example-3", "example-4")))
_HELD = {Held.OFFICIAL: "official", Held.DIGEST: "digest", Held.NOTHING: "nothing"}


class Screens:
    """Draws every part of the page. Holds no state of a visitor's."""

    def __init__(self, opening: Opening) -> None:
        """`opening` gives the advisor once it is open."""
        self._opening = opening

    def header(self, language: str, door: site.Door, role: Role = Role.READER) -> str:
        """Title, views and pages that `role` may open, and the choice of language."""
        return site.header(language, role, door)

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
            may_share=site.door_of(owner) is not site.Door.IN,  # the rules of `assistant.roles`
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
        """The sources of every turn, the last one's shown."""
        values: list[dict[str, Any]] = []
        cited = [turn for turn in turns if turn.cited]
        if cited:
            advisor = self._opening.advisor()
            pages = self._opening.pages(advisor)
            values = [view.source_values(advisor, pages, turn, language) for turn in cited]
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

    def filters(self, language: str, chosen: dict[str, Any]) -> str:
        """Filters over what the shelf really holds."""
        try:
            lines = library.summaries(self._opening.advisor())
        except AdvisorError:
            lines = []
        held = {line.kind for line in lines}
        years = {entry.split("@")[1][:4] for entry in (line.id for line in lines) if "@" in entry}
        return render(
            "filters.html",
            language,
            kinds=[kind.value for kind in DocumentKind if kind in held],
            years=sorted(years, reverse=True),
            chosen={"kind": "", "year": "", "superseded": False, **chosen},
        )

    def library(self, language: str, role: Role = Role.READER) -> str:
        """Catalogue and shelf as one list: what is known, what is held; and what `role` may do."""
        try:
            advisor = self._opening.advisor()
        except AdvisorError as error:
            return render("problem.html", language, message=self.says(language, error))
        lines = []
        known = set()
        for holding in holdings(advisor.shelf, advisor.catalogue):
            entry = holding.entry
            known.add(entry.id)
            lines.append(
                _line(
                    advisor,
                    language,
                    id=entry.id,
                    label=document_label(entry, language),
                    title=title_of(entry, language),
                    kind=entry.kind.value,
                    edition=edition_in(entry.edition, language),
                    held=_HELD[holding.held],
                    url=next(iter(entry.urls), None),
                    superseded_by=holding.superseded_by,
                )
            )
        for summary in library.summaries(advisor):
            if summary.id not in known:
                known.add(summary.id)
                lines.append(
                    _line(
                        advisor,
                        language,
                        id=summary.id,
                        label=summary.label,
                        title=summary.title,
                        kind=summary.kind.value,
                        edition=summary.edition,
                        held="digest" if summary.is_digest else "official",
                        url=summary.official_url,
                        superseded_by=summary.superseded_by,
                    )
                )
        lines.sort(key=lambda line: line["held"] == "nothing")
        return render(
            "library.html",
            language,
            lines=lines,
            root="",
            here="documents",
            under=menu.seen_by(role, menu.LIBRARY_MENU),
        )

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
        return say(language, "ui-loading") if error.code == "starting" else error.message

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


def _line(
    advisor: Advisor, language: str, *, superseded_by: str | None, **values: Any
) -> dict[str, Any]:
    return {
        **values,
        "superseded_label": view.name_of(advisor, superseded_by, language),
        "search": " ".join(str(v) for v in values.values() if v).casefold(),
    }
