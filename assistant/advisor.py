"""The assistant as its faces see it: open it once, ask it from any thread."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import structlog

from assistant import phrases, pipeline
from assistant.answers import Answer, Status
from assistant.asking.events import CitationReady, ClaimReady, Done, Event, Failure, Progress
from assistant.errors import UnsupportedLanguage
from assistant.operating import telemetry, workspace
from assistant.records.conversations import LOCAL, Store
from assistant.settings import Settings
from assistant.turn import EVERYTHING, Past, Tools, Turn
from assistant.writing.model import configured, model_name
from corpus.errors import AdvisorError
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf
from indexing.building.passages import Filters
from indexing.search import Searcher

log = structlog.get_logger(__name__)

_REMEMBERED_TURNS = 6
"""How far a follow-up looks back; older turns stay stored but are not read."""


@dataclass(frozen=True)
class Advisor:
    """Shelf, search, catalogue and store of one data directory. Safe to use from many threads."""

    settings: Settings
    shelf: Shelf
    searcher: Searcher
    catalogue: Catalogue
    store: Store

    @classmethod
    def open(cls, settings: Settings) -> Advisor:
        """Open everything under `settings.home`; models are loaded on the first question.

        Raises:
            AdvisorError: the data directory, database or index cannot be used; says what to do.
        """
        engine = workspace.database(settings)
        shelf = workspace.shelf(settings, engine)
        return cls(
            settings=settings,
            shelf=shelf,
            searcher=workspace.searcher(settings, shelf),
            catalogue=Catalogue.load(),
            store=Store(engine),
        )

    def ask(
        self,
        question: str,
        *,
        conversation: str | None = None,
        filters: Filters = EVERYTHING,
        language: str | None = None,
        page_language: str | None = None,
        owner: str = LOCAL,
    ) -> Answer:
        """Answer one question and store the turn.

        Args:
            question: as typed, in any of the six languages.
            conversation: id of the one it follows up; None begins another.
            filters: what the asker restricts the search to.
            language: of the answer's own words; detected from the question when None.
            page_language: of the screen it was typed on: decides where a few words tell little.
            owner: who asks; another owner's conversation does not exist for them.

        Raises:
            BadQuestion: empty, too long, or a language that is not one of the six.
            UnknownConversation: `conversation` names none of this owner's.
            AdvisorError: the index is missing or was built with another model.
        """
        for event in self._events(
            question, conversation, filters, (language, page_language), owner
        ):
            if isinstance(event, Done):
                return event.answer
        raise RuntimeError("a stream of events ended without an answer")

    def stream(
        self,
        question: str,
        *,
        conversation: str | None = None,
        filters: Filters = EVERYTHING,
        language: str | None = None,
        page_language: str | None = None,
        owner: str = LOCAL,
    ) -> Iterator[Event]:
        """As `ask`, in events; an AdvisorError becomes the last one, `Failure` (P23)."""
        try:
            yield from self._events(
                question, conversation, filters, (language, page_language), owner
            )
        except AdvisorError as error:
            yield Failure(code=error.code, message=error.message)

    def _events(
        self,
        question: str,
        conversation: str | None,
        filters: Filters,
        languages: tuple[str | None, str | None],
        owner: str,
    ) -> Iterator[Event]:
        language, page_language = languages
        if not {language, page_language} <= {None, *phrases.LANGUAGES}:
            raise UnsupportedLanguage(
                f"Answers are given in {', '.join(phrases.LANGUAGES)}. Choose one of these."
            )
        past: tuple[Past, ...] = ()
        if conversation is not None:
            stored = self.store.turns(conversation, owner)
            past = tuple(Past.of(turn.answer) for turn in stored[-_REMEMBERED_TURNS:])
        turn = Turn(
            id=uuid4().hex,
            asked=question,
            wanted=language,
            page_language=page_language,
            filters=filters,
            past=past,
        )
        with telemetry.turn(turn.id) as traced:
            yield from self._answering(turn, conversation, question, owner, traced)

    def _answering(
        self,
        turn: Turn,
        conversation: str | None,
        question: str,
        owner: str,
        traced: telemetry.TurnTrace,
    ) -> Iterator[Event]:
        claims = citations = 0
        try:
            tools = Tools(self.settings, self.shelf, self.searcher, self.catalogue)
            for step, after in pipeline.run(turn, tools):
                turn = after
                if step is not None:
                    traced.step(step)
                    yield Progress(step=step, message=phrases.say(turn.language, f"step-{step}"))
                for number, claim in enumerate(turn.claims[claims:], claims + 1):
                    yield ClaimReady(number=number, claim=claim)
                claims = len(turn.claims)
                for number, citation in enumerate(turn.citations[citations:], citations + 1):
                    yield CitationReady(number=number, citation=citation)
                citations = len(turn.citations)
        except AdvisorError:
            raise
        except GeneratorExit:  # the asker left or pressed Stop: keep what they had seen (P22)
            turn = _cancelled(turn)
            traced.done(status=turn.status.value if turn.status else "", claims=claims)
            self._store(turn, conversation, question, owner)
            raise
        except Exception as error:
            log.exception("turn failed", turn=turn.id)
            turn = _failed(turn, error)
        traced.end_step()
        answer = self._store(turn, conversation, question, owner)
        traced.done(status=answer.status.value, claims=claims, language=answer.language)
        yield Done(conversation=answer.conversation, answer=answer)

    def _store(self, turn: Turn, conversation: str | None, question: str, owner: str) -> Answer:
        """The turn as an answer, stored; in a new conversation when it is the first."""
        if conversation is None:
            conversation = self.store.begin(owner).id
        answer = _answer(turn, conversation, self._made_by(turn))
        self.store.add_turn(conversation, question, answer, owner)
        log.info("turn", turn=answer.id, status=answer.status.value, language=answer.language)
        return answer

    def _made_by(self, turn: Turn) -> dict[str, object]:
        """What a replay needs (P7): corpus version, configuration hash, models."""
        public = self.settings.model_dump(mode="json", exclude={"data_dir", "host", "port"})
        return {
            "corpus_version": turn.result.corpus_version if turn.result else "",
            "configuration": hashlib.sha256(
                json.dumps(public, sort_keys=True).encode()
            ).hexdigest(),
            "embedding_model": self.settings.embedding_model,
            "reranker": self.settings.reranker_model
            or ("endpoint" if self.settings.reranker_url else None),
            "chat_model": model_name(self.settings) if configured(self.settings) else None,
        }


def _failed(turn: Turn, error: Exception) -> Turn:
    """The turn as an answer that says it failed; nothing half-made is kept."""
    return turn.seen("failure", error=type(error).__name__).having(
        status=Status.FAILED,
        opening="",
        claims=(),
        citations=(),
        nearest=(),
        notes=(phrases.say(turn.language, "failed"),),
    )


def _cancelled(turn: Turn) -> Turn:
    """The turn as it was when its asker left: claims that were ready, and that it was not ended."""
    return turn.seen("cancelled", claims=len(turn.claims)).having(
        status=Status.CANCELLED, nearest=(), notes=(phrases.say(turn.language, "cancelled"),)
    )


def _answer(turn: Turn, conversation: str, made_by: dict[str, object]) -> Answer:
    return Answer(
        id=turn.id,
        status=turn.status or Status.ANSWERED,
        language=turn.language,
        opening=turn.opening,
        claims=turn.claims,
        citations=turn.citations,
        nearest=turn.nearest,
        notes=(turn.read_as, *turn.notes) if turn.read_as else turn.notes,
        question=turn.question or turn.text,
        conversation=conversation,
        page=turn.page,
        form=turn.form,
        blocks=turn.blocks,
        table=turn.table,
        trace={"made_by": made_by, **turn.trace},
    )
