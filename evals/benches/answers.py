"""Whole answers of a strong model that writes rightly: does the reader get them whole?

A chat endpoint on this machine (OpenAI's protocol, streamed over real HTTP) stands in for the
model. It knows a right answer to each question of `evals/data/answers/turns.jsonl`, sentence by
sentence with the clauses that bear it out, finds those clauses in what it is shown, and cites them
by the ids it sees there. Asked whether a text supports a sentence, it says so of its own sentences.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.advisor import Advisor
from assistant.answers import Answer, Status
from assistant.grounding.exact import refers_back
from assistant.settings import Settings
from assistant.writing.marking import one_line, unmarked_prompt
from assistant.writing.prompt import MISSING
from corpus.addresses import Address
from corpus.documents import Frozen
from corpus.errors import UnknownAddress

TURNS = Path(__file__).resolve().parent.parent / "data" / "answers" / "turns.jsonl"
_PIECE = 9
"""Characters of an answer that come in one go."""
_QUESTION = re.compile(r"^Question: (.*)$", re.MULTILINE)
_EXTRACT = re.compile(r"^(E\d+): .*\n(.*)$", re.MULTILINE)
_STATEMENT = re.compile(r"^Statement (\d+): (.*)$", re.MULTILINE)
_WHOLE = re.compile(r"[.!?؟。！？][\"”’»)]*$")


class Said(Frozen):
    """A sentence of a right answer and the clauses that bear it out."""

    text: str
    cites: tuple[str, ...]


class Scripted(Frozen):
    """A question and its right answer."""

    id: str
    lang: str
    q: str
    says: tuple[Said, ...]


class Reached(Frozen):
    """What the reader got of one answer.

    Attributes:
        unseen: sentences not written, as the model was not shown their clauses.
        withheld: sentences written and not shown, each with its reasons.
        halves: sentences shown that begin or end as none does.
        orphans: sentences shown whose pronoun speaks of one that was withheld.
        not_found: whether it says that the documents do not answer.
        shown: the whole text, as the reader sees it.
    """

    id: str
    lang: str
    question: str
    status: str
    unseen: tuple[str, ...] = ()
    withheld: tuple[tuple[str, str], ...] = ()
    halves: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    not_found: bool = False
    shown: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it reached the reader, and as an answer."""
        return self.status == Status.ANSWERED.value and not (self.unseen or self.withheld)


def load(path: Path = TURNS) -> list[Scripted]:
    """The turns of a file, one JSON object a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Scripted.model_validate_json(line) for line in lines if line.strip()]


class Script:
    """What the endpoint says, and of which sentences it was not shown the clauses."""

    def __init__(self, turns: Sequence[Scripted], texts: Mapping[str, str]) -> None:
        """`texts`: of each clause by its address, as the shelf holds it."""
        self._turns = {one_line(turn.q): turn for turn in turns}
        self._texts = {address: one_line(text) for address, text in texts.items()}
        self._own = {one_line(said.text) for turn in turns for said in turn.says}
        self.unseen: dict[str, tuple[str, ...]] = {}

    def reply(self, prompt: str) -> str:
        """To the last message of a request: an answer, or verdicts on statements."""
        prompt = unmarked_prompt(prompt)
        if statements := _STATEMENT.findall(prompt):
            told = [(n, "supported" if self._wrote(said) else "not_said") for n, said in statements]
            return "\n".join(f"{n}: {verdict}" for n, verdict in told)
        asked = _QUESTION.search(prompt)
        turn = self._turns.get(asked[1].strip()) if asked else None
        if turn is None:
            return f"{MISSING} everything"
        ids = {text: id for id, text in _EXTRACT.findall(prompt)}
        lines, unseen = [], []
        for said in turn.says:
            cited = [ids.get(self._texts.get(address, "-"), "") for address in said.cites]
            if all(cited):
                lines.append(f"{said.text} [{', '.join(cited)}]")
            else:
                unseen.append(said.text)
        self.unseen[turn.id] = tuple(unseen)
        return " ".join(lines) or f"{MISSING} everything"

    def _wrote(self, said: str) -> bool:
        """Whether a sentence is one of its own, but for a 'Yes, ' or 'No, ' that is left out."""
        bare = said.casefold()
        return any(own.casefold().endswith(bare) and len(own) - len(bare) < 8 for own in self._own)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """A server of this script; its base URL."""
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                text = script.reply(str(body["messages"][-1]["content"]))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                for start in range(0, len(text), _PIECE):
                    self._event({"content": text[start : start + _PIECE]}, None)
                self._event({}, "stop")
                self.wfile.write(b"data: [DONE]\n\n")
                self.close_connection = True

            def _event(self, delta: dict[str, str], finish: str | None) -> None:
                choice = {"index": 0, "delta": delta, "finish_reason": finish}
                event = {"id": "x", "object": "chat.completion.chunk", "created": 0,
                         "model": "scripted", "choices": [choice]}  # fmt: skip
                self.wfile.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
                self.wfile.flush()

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            server.server_close()


def run(
    turns: Sequence[Scripted],
    settings: Settings,
    progress: Callable[[str, int, int], None] | None = None,
    opened: Callable[[Settings], Advisor] = Advisor.open,
) -> list[Reached]:
    """Ask every question of an assistant whose strong model answers by the script.

    Args:
        turns: to ask.
        settings: of the data directory with the documents; its chat model is not used.
        progress: told how many are asked.
        opened: opens an assistant of given settings.
    """
    plain = opened(settings)
    texts: dict[str, str] = {}
    for address in {a for turn in turns for said in turn.says for a in said.cites}:
        try:
            texts[address] = plain.shelf.clause(Address.parse(address)).clause.text
        except UnknownAddress:
            continue  # then no evidence can hold it, and its sentence counts as unseen
    script = Script(turns, texts)
    found = []
    with script.serving() as url:
        chosen = {"chat_base_url": url, "chat_model": None, "chat_strength": "strong"}
        advisor = opened(settings.model_copy(update=chosen))
        for number, turn in enumerate(turns, 1):
            answer = advisor.ask(turn.q, language=turn.lang)
            advisor.store.delete(answer.conversation)
            found.append(reached(turn, answer, script.unseen.get(turn.id)))
            if progress:
                progress("ask", number, len(turns))
    return found


def reached(turn: Scripted, answer: Answer, unseen: tuple[str, ...] | None) -> Reached:
    """What became of a right answer. `unseen`: None where the model was not even asked."""
    write = answer.trace.get("write")
    sentences = write.get("sentences", []) if isinstance(write, dict) else []
    texts = [claim.text for claim in answer.claims if not claim.is_quote and sentences]
    orphans = [
        two["text"]
        for one, two in pairwise(sentences)
        if two["shown"] and not one["shown"] and refers_back(two["text"], answer.language)
    ]
    return Reached(
        id=turn.id,
        lang=turn.lang,
        question=turn.q,
        status=answer.status.value,
        unseen=tuple(said.text for said in turn.says) if unseen is None else unseen,
        withheld=tuple(
            (one["text"], "; ".join(one["reasons"])) for one in sentences if not one["shown"]
        ),
        halves=tuple(t for t in texts if t[:1].islower() or not _WHOLE.search(t)),
        orphans=tuple(orphans),
        not_found=answer.status in (Status.NOT_IN_DOCUMENTS, Status.OUT_OF_SCOPE),
        shown="\n".join(
            [f"({answer.status.value}) {answer.opening}".strip()]
            + [f"{'> ' if c.is_quote else ''}{c.text} {list(c.addresses)}" for c in answer.claims]
            + [f"note: {note}" for note in answer.notes]
        ),
    )


def render(found: Sequence[Reached], everything: bool = False) -> str:
    """Markdown: how many reached the reader whole, what did not, and on wish every answer."""
    whole = sum(one.whole for one in found)
    lines = [
        f"{len(found)} answers, {whole} reach the reader whole; sentences without their clause "
        f"before the model {sum(len(one.unseen) for one in found)}, withheld "
        f"{sum(len(one.withheld) for one in found)}, shown as halves "
        f"{sum(len(one.halves) for one in found)}, orphaned pronouns "
        f"{sum(len(one.orphans) for one in found)}, false 'not found' "
        f"{sum(one.not_found for one in found)}."
    ]
    for one in found:
        if everything or not one.whole or one.halves or one.orphans:
            lines += ["", f"### {one.id} {one.lang}: {one.question}", "", one.shown]
            lines += [f"unseen: {text}" for text in one.unseen]
            lines += [f"withheld: {text} ({why})" for text, why in one.withheld]
    return "\n".join(lines)
