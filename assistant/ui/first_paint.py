"""The chat's page as it is sent: in the visitor's language and with their menu before any script.

Gradio sends every visitor one page, which draws itself by script and then asks for words and menu.
Here the configuration in that page is given the visitor's words, and the bar stands in the page
itself until the script has drawn its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.ui.markup import render

Words = Callable[[Request], dict[str, dict[str, Any]]]
"""Who asks -> properties of the page's parts by their element ids; '': `lang`, `dir`, `title`."""

_CONFIG = re.compile(r"(window\.gradio_config = )(\{.*?\})(;</script>)", re.DOTALL)
_NOT_OURS = re.compile(
    r"""<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>"""
    r"""|<script>(?:(?!</script>).)*iframeResizer(?:(?!</script>).)*</script>""",
    re.DOTALL,
)
"""Gradio's advertisement in a preview of a link, a manifest there is none of, and a script for
pages within pages, which ours refuses to be."""

_HTML = re.compile(r'<html\s+lang="en"')
_BODY = re.compile(r"(<body[^>]*>)")


class FirstPaint:
    """ASGI middleware around the chat: `GET /` answers with the visitor's own page."""

    def __init__(self, app: ASGIApp, words: Words, bar: Callable[[Request], str]) -> None:
        """Stand before `app`.

        Args:
            app: Gradio's.
            words: what the page's parts say to this visitor.
            bar: the page's first paint, as HTML.
        """
        self._app, self._words, self._bar = app, words, bar

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the page rewritten where it is the page that is asked for."""
        root = str(scope.get("root_path", ""))
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or path.removeprefix(root) not in ("", "/"):
            await self._app(scope, receive, send)
            return
        plain = {**scope, "headers": [h for h in scope["headers"] if h[0] != b"accept-encoding"]}
        start: Message = {}
        body = b""

        async def held(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")

        await self._app(plain, receive, held)
        request = Request(scope)
        text = body.decode()
        if start["status"] == 200 and scope["method"] == "GET":
            text = _for_visitor(text, self._words(request), self._bar(request))
        dropped = (b"content-length", b"etag", b"content-encoding")
        headers = {
            name.decode(): value.decode() for name, value in start["headers"] if name not in dropped
        }
        await Response(text, start["status"], headers)(scope, receive, send)


def _for_visitor(page: str, words: dict[str, dict[str, Any]], bar: str) -> str:
    found = _CONFIG.search(page)
    if found is None:  # not the page we know: as Gradio has it
        return page
    config = json.loads(found[2])
    for component in config["components"]:
        component["props"].update(words.get(component["props"].get("elem_id") or "", {}))
    page_words = words.get("", {})
    config["title"] = page_words.get("title", config.get("title"))
    safe = json.dumps(config)  # ASCII; no letter of it may begin or end markup
    for letter in "<>&":
        safe = safe.replace(letter, f"\\u{ord(letter):04x}")
    page = page[: found.start(2)] + safe + page[found.end(2) :]
    tag = f'<html lang="{page_words.get("lang", "en")}" dir="{page_words.get("dir", "ltr")}"'
    page = _HTML.sub(lambda _: tag, page, count=1)
    page = _NOT_OURS.sub("", page).replace("</head>", render("icon.html", "en") + "</head>", 1)
    return _BODY.sub(lambda body: body[1] + bar, page, count=1)
