"""The chat: Gradio's events around our own HTML, mounted at `/`.

Importing this imports Gradio, which takes seconds: `assistant.ui.app` does so when it serves.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import gradio as gr
from fastapi import FastAPI, Request
from starlette.routing import Mount

from assistant.api.asking import answering
from assistant.api.needs import Question
from assistant.api.opening import Opening
from assistant.asking.events import CitationReady, ClaimReady, Done, Failure, Progress
from assistant.people.roles import Role
from assistant.phrases import LANGUAGES, say
from assistant.ui import site
from assistant.ui.first_paint import FirstPaint
from assistant.ui.markup import direction
from assistant.ui.screens import Screens
from assistant.ui.view import ShownTurn
from corpus.documents import DocumentKind
from corpus.errors import AdvisorError
from indexing.building.passages import Filters

_STATIC = Path(__file__).parent / "static"
_MODELS_SECONDS = 120.0
"""A question asked while models load waits this long for them."""

_TELL = (
    "element.addEventListener('click', (e) => { const b = e.target.closest('[data-act]');"
    " if (b) { e.preventDefault(); window.advisor.act(b, trigger); } });"
    "element.addEventListener('change', (e) => { const f = e.target.closest('[data-change]');"
    " if (f) trigger('input', {name: f.dataset.change,"
    " value: f.type === 'checkbox' ? f.checked : f.value}); });"
)
"""Clicks and choices in our HTML become Gradio events with their data (see static/app.js)."""


def mount(app: FastAPI, opening: Opening) -> None:
    """Mount the chat at `/` of `app`, with nothing of Gradio's own that a reader has no need of."""
    scripts = [(_STATIC / name).read_text(encoding="utf-8") for name in ("dialogs.js", "app.js")]
    gr.mount_gradio_app(
        app,
        build(opening),
        path="/",
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=_theme(),
        css_paths=[_STATIC / "style.css"],
        head="".join(f"<script>{script}</script>" for script in scripts),
    )
    mounted, screens = app.router.routes[-1], Screens(opening)
    assert isinstance(mounted, Mount)
    mounted.app = FirstPaint(
        mounted.app, partial(_first_words, screens), partial(_first_paint, screens)
    )


def _first_words(screens: Screens, request: Request) -> dict[str, dict[str, Any]]:
    """What the page says before its script has asked: as `draw_words`, and what stands empty."""
    lang = site.language_of(request)
    asked = request.query_params.get("c")
    return {
        "": {"lang": lang, "dir": direction(lang), "title": say(lang, "ui-title")},
        "header": {"value": _bar(screens, request)},
        "transcript": {"value": "" if asked else screens.welcome(lang)},
        "sources": {"value": screens.sources(lang, [])},
        "question": {
            "label": say(lang, "ui-question"),
            "placeholder": say(lang, "ui-question-hint"),
            "rtl": direction(lang) == "rtl",
        },
        "send": {"value": say(lang, "ui-send")},
        "stop": {"value": say(lang, "ui-stop")},
        "footer": {"value": screens.footer(lang)},
    }


def _bar(screens: Screens, request: Request) -> str:
    owner = str(request.state.owner)
    lang, role = site.language_of(request), site.role_of(request)
    return screens.header(lang, site.door_of(owner), role, owner)


def _first_paint(screens: Screens, request: Request) -> str:
    style = f"pages/files/style.css?{site.mark()}"
    return (
        f'<link rel="stylesheet" href="{style}"><div id="first-paint">'
        f"{_bar(screens, request)}</div>"
    )


def _theme() -> Any:
    """Fonts of the reader's own machine: nothing is fetched."""
    fonts = [
        "system-ui",
        "Noto Sans",
        "Noto Sans Arabic",
        "Noto Sans CJK SC",
        "sans-serif",
    ]
    mono = ["ui-monospace", "DejaVu Sans Mono", "monospace"]
    return gr.themes.Base(font=fonts, font_mono=mono, primary_hue="blue", neutral_hue="slate")


def build(opening: Opening) -> gr.Blocks:
    """The page and its events."""
    screens = Screens(opening)
    with gr.Blocks(title=say("en", "ui-title"), analytics_enabled=False, fill_width=True) as blocks:
        language, conversation, chosen = gr.State("en"), gr.State(None), gr.State({})
        header = gr.HTML(screens.header("en", site.Door.NONE), js_on_load=_TELL, elem_id="header")
        with gr.Row(elem_id="ask-view", equal_height=False):
            with gr.Column(scale=2, min_width=200, elem_id="left"):
                listed = gr.HTML(js_on_load=_TELL)
            with gr.Column(scale=6, min_width=280, elem_id="middle"):
                shown = gr.HTML(screens.welcome("en"), js_on_load=_TELL, elem_id="transcript")
                with gr.Row(elem_id="box"):
                    question = gr.Textbox(
                        label=say("en", "ui-question"),
                        placeholder=say("en", "ui-question-hint"),
                        lines=1,
                        max_lines=6,
                        max_length=4000,
                        elem_id="question",
                        scale=8,
                    )
                    send = gr.Button(
                        say("en", "ui-send"), variant="primary", elem_id="send", scale=0
                    )
                    stop = gr.Button(say("en", "ui-stop"), elem_id="stop", scale=0, visible=False)
                filters = gr.HTML(js_on_load=_TELL)
            with gr.Column(scale=4, min_width=280, elem_id="right"):
                sources = gr.HTML(screens.sources("en", []), js_on_load=_TELL, elem_id="sources")
        with gr.Column(elem_id="reading-view"):
            shelf = gr.HTML(js_on_load=_TELL, elem_id="shelf")
        footer = gr.HTML(screens.footer("en"), elem_id="footer")

        words = [header, question, send, stop, footer]
        page = [shown, sources, listed, filters]

        def draw_words(lang: str, request: gr.Request) -> list[Any]:
            return [
                screens.header(
                    lang, site.door_of(owner_of(request)), role_of(request), owner_of(request)
                ),
                gr.update(
                    label=say(lang, "ui-question"),
                    placeholder=say(lang, "ui-question-hint"),
                    rtl=direction(lang) == "rtl",
                ),
                gr.update(value=say(lang, "ui-send")),
                gr.update(value=say(lang, "ui-stop")),
                screens.footer(lang),
            ]

        def draw_page(
            lang: str, current: str | None, chosen: dict[str, Any], request: gr.Request
        ) -> list[Any]:
            turns = screens.stored(current, owner_of(request))
            return [
                screens.turns(lang, current if turns else None, turns),
                screens.sources(lang, turns),
                screens.conversations(lang, owner_of(request), current),
                screens.filters(lang, chosen, role_of(request)),
            ]

        def start(request: gr.Request) -> list[Any]:
            asked = dict(request.query_params)
            lang = site.language_of(request.request)
            current = asked.get("c") or None
            if not screens.stored(current, owner_of(request)):
                current = None
            return [
                lang,
                current,
                *draw_words(lang, request),
                *draw_page(lang, current, {}, request),
            ]

        def choose_language(
            current: str | None, chosen: dict[str, Any], event: gr.EventData, request: gr.Request
        ) -> list[Any]:
            lang = event.value if event.value in LANGUAGES else "en"
            return [
                lang,
                *draw_words(lang, request),
                *draw_page(lang, current, chosen, request),
            ]

        def choose_filter(chosen: dict[str, Any], event: gr.EventData) -> dict[str, Any]:
            return {**chosen, str(event.name): event.value}

        def pick(
            lang: str, chosen: dict[str, Any], event: gr.EventData, request: gr.Request
        ) -> Any:
            current = str(event.id) if event.act == "open" else None
            return [current, *draw_page(lang, current, chosen, request)]

        def read(lang: str, event: gr.EventData) -> str:
            return screens.document(lang, str(event.id), str(event.address or ""))

        def ask(
            text: str,
            lang: str,
            current: str | None,
            chosen: dict[str, Any],
            request: gr.Request,
        ) -> Iterator[dict[Any, Any]]:
            owner = owner_of(request)
            filters = filters_of(chosen, screens.in_region(str(chosen.get("region") or "")))
            for state in turn_states(opening, screens, text, lang, current, filters, owner):
                out: dict[Any, Any] = {shown: state.transcript, stop: gr.update(visible=state.busy)}
                out[send] = gr.update(visible=not state.busy)
                if state.first:
                    out[question] = ""
                if state.sources is not None:
                    out[sources] = state.sources
                if not state.busy:
                    out[conversation] = state.conversation
                    out[listed] = screens.conversations(lang, owner, state.conversation)
                yield out

        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        everything = [language, conversation, *words, *page]
        blocks.load(start, None, everything, **private)
        header.input(choose_language, [conversation, chosen], [language, *words, *page], **private)
        filters.input(choose_filter, chosen, chosen, **private)
        listed.select(pick, [language, chosen], [conversation, *page], **private)
        for part in (shown, sources, shelf):
            part.select(read, language, shelf, **private)
        asked = gr.on(
            [question.submit, send.click],
            ask,
            [question, language, conversation, chosen],
            [shown, sources, listed, conversation, question, send, stop],
            concurrency_limit=16,
            trigger_mode="once",
            **private,
        )

        def stopped(lang: str, current: str | None, request: gr.Request) -> list[Any]:
            turns = screens.stored(current, owner_of(request))
            told = screens.turns(lang, current, turns, announce=say(lang, "ui-stopped"))
            return [told, gr.update(visible=False), gr.update(visible=True)]

        stop.click(
            stopped, [language, conversation], [shown, stop, send], cancels=[asked], **private
        )
    blocks.queue(default_concurrency_limit=16, max_size=200)
    return blocks


class TurnState:
    """One moment of a turn, drawn."""

    def __init__(
        self,
        transcript: str,
        busy: bool,
        conversation: str | None,
        first: bool = False,
        sources: str | None = None,
    ) -> None:
        self.transcript, self.busy, self.conversation = transcript, busy, conversation
        self.first, self.sources = first, sources


def turn_states(
    opening: Opening,
    screens: Screens,
    text: str,
    lang: str,
    conversation: str | None,
    filters: Filters,
    owner: str,
) -> Iterator[TurnState]:
    """Ask, and draw the conversation each time something new is known."""
    before = screens.stored(conversation, owner)
    turn = ShownTurn(uuid4().hex, text.strip(), lang, progress=say(lang, "ui-searching"))
    turns = [*before, turn]

    def drawn(announce: str = "", **more: Any) -> TurnState:
        busy = bool(turn.progress)
        return TurnState(
            screens.turns(lang, conversation, turns, announce), busy, conversation, **more
        )

    # The panel shows this question's sources from now on, not those of the one before.
    yield drawn(announce=turn.progress, first=True, sources=screens.sources(lang, turns))
    try:
        if opening.is_starting():
            turn.progress = say(lang, "ui-loading")
            yield drawn(announce=turn.progress)
        advisor = opening.wait(_MODELS_SECONDS)
        asked = Question(
            question=text, conversation=conversation, filters=filters, page_language=lang
        )
        for event in answering(opening, advisor, asked, owner):
            if isinstance(event, Progress):
                turn.progress = event.message
            elif isinstance(event, ClaimReady):
                turn.claims.append(event.claim)
                turn.language = event.claim.language if not event.claim.is_quote else turn.language
            elif isinstance(event, CitationReady):
                turn.citations.append(event.citation)
            elif isinstance(event, Done):
                conversation = event.conversation
                turn.id, turn.answer, turn.progress = event.answer.id, event.answer, ""
                turn.language = event.answer.language
                status = say(lang, f"ui-status-{event.answer.status.value}")
                told = say(lang, "ui-announce", status=status, n=len(event.answer.citations))
                yield drawn(told, sources=screens.sources(lang, turns))
                return
            elif isinstance(event, Failure):
                turn.problem, turn.progress = event.message, ""
                yield drawn(event.message)
                return
            yield drawn()
    except AdvisorError as error:
        turn.problem, turn.progress = screens.says(lang, error), ""
        yield drawn(turn.problem)


def filters_of(chosen: dict[str, Any], region: tuple[str, ...] = ()) -> Filters:
    """The screen's choices as filters; what is not a choice of the screen's is ignored.

    `region` are the documents of the region chosen; a document chosen by name goes before it.
    """
    kind, year = str(chosen.get("kind") or ""), str(chosen.get("year") or "")
    document, country = (str(chosen.get(name) or "")[:200] for name in ("document", "country"))
    return Filters(
        documents=(document,) if document else region,
        countries=(country,) if country else (),
        kinds=(DocumentKind(kind),) if kind in set(DocumentKind) else (),
        years=(int(year),) if year.isdecimal() and len(year) == 4 else (),
        superseded=chosen.get("superseded") is True,
    )


def role_of(request: gr.Request) -> Role:
    """The role of who is asking, as the gate found it."""
    return site.role_of(request.request)


def owner_of(request: gr.Request) -> str:
    """Who is asking, as the gate found; nobody is ever taken for someone else."""
    owner = request.request.scope.get("state", {}).get("owner") if request.request else None
    if not owner:
        raise PermissionError("a request without an owner passed the gate")
    return str(owner)
