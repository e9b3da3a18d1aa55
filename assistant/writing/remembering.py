"""A chat model's answers kept on disk, so that an evaluation repeats and nothing is paid twice.

Only for evaluation: what is kept is never shown to another reader than the one who asked again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage

from assistant.writing.marking import unmarked_prompt


class Remembering:
    """A chat model as far as writing and judging use one: `stream` and `bind`.

    An answer is kept once it has been read to its end; one that broke off is asked for again.
    """

    def __init__(
        self, model: Any, folder: Path, bound: tuple[tuple[str, Any], ...] = (), plain: Any = None
    ) -> None:
        """`folder`: made when missing; one file an answer, named by a hash of what was asked."""
        self._model, self._folder, self._bound = model, folder, bound
        self._plain = plain or model
        for name in ("_llm_type", "openai_api_base", "model_name"):
            setattr(self, name, getattr(self._plain, name, ""))

    def bind(self, **options: Any) -> Remembering:
        """The model with options for each request, as LangChain's."""
        bound = tuple(sorted((*self._bound, *options.items())))
        return Remembering(self._model.bind(**options), self._folder, bound, self._plain)

    def stream(self, messages: Sequence[BaseMessage]) -> Iterator[AIMessageChunk]:
        """The answer, in the chunks it once came in."""
        path = self._folder / f"{self._key(messages)}.json"
        if path.exists():
            for kept in json.loads(path.read_text(encoding="utf-8")):
                yield AIMessageChunk(**kept)
            return
        chunks = []
        for chunk in self._model.stream(list(messages)):
            chunks.append(
                {
                    "content": chunk.content,
                    "response_metadata": chunk.response_metadata,
                    "usage_metadata": chunk.usage_metadata,
                }
            )
            yield chunk
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole = path.with_suffix(".part")
        whole.write_text(json.dumps(chunks, ensure_ascii=False), encoding="utf-8")
        whole.replace(path)

    def _key(self, messages: Sequence[BaseMessage]) -> str:
        # What was drawn for a request makes no difference to the question.
        asked = [[message.type, unmarked_prompt(str(message.content))] for message in messages]
        said = json.dumps([str(self.model_name), list(self._bound), asked], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    _llm_type: str
    openai_api_base: str
    model_name: str
