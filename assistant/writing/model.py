"""The chat model of the settings, opened through LangChain; one setting names any of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from assistant.models import PACKAGED
from assistant.settings import Settings
from corpus.errors import AdvisorError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LONGEST_ANSWER = 900
"""Tokens an answer may have: some twelve sentences with their marks."""


_SEED = 1
"""Sent with each request: the same question is answered alike where the endpoint heeds it."""


class BadChatModel(AdvisorError):
    """For the operator: the chat model of the settings cannot be opened; says what to do."""

    code = "bad-chat-model"


def configured(settings: Settings) -> bool:
    """Whether answers are written; if not, they are quoted."""
    return bool(settings.chat_model or settings.chat_base_url)


def model_name(settings: Settings) -> str:
    """The model as traces and notes name it: `openai:...`, or `local` behind a bare base URL."""
    return settings.chat_model or "local"


def writes_across(settings: Settings) -> bool:
    """Whether the model may write in another language than the clauses': a packaged one may not.

    There its own yes is what bears a sentence out, and the packaged model's was seen to be wrong.
    """
    packaged = PACKAGED.get((settings.chat_model or "").removeprefix("openai:"))
    return packaged is None or packaged.across


def open_model(settings: Settings) -> Any:
    """The chat model, a LangChain `BaseChatModel`, opened once for equal settings; nothing is sent.

    With `chat_memory` its answers are kept and given again (`remembering.Remembering`). With
    `chat_base_url` it is taken to speak OpenAI's protocol, whatever its name; else
    `chat_model` is `provider:model` as LangChain's `init_chat_model` reads it.

    Raises:
        BadChatModel: its package is not installed, its key is missing or its name is not known.
    """
    key = settings.chat_api_key.get_secret_value() if settings.chat_api_key else None
    try:
        model = _opened(settings.chat_model, settings.chat_base_url, key, settings.chat_pause)
        if settings.chat_memory is not None:
            from assistant.writing.remembering import Remembering

            return Remembering(model, settings.chat_memory.expanduser())
        return model
    except ImportError as error:
        package = (error.name or "langchain-openai").replace("_", "-")
        raise BadChatModel(
            f"The chat model needs a package that is not installed: pip install {package}"
        ) from error
    except Exception as error:
        raise BadChatModel(
            f"The chat model '{model_name(settings)}' cannot be opened ({type(error).__name__}). "
            "Check ADVISOR_CHAT_MODEL, ADVISOR_CHAT_BASE_URL and ADVISOR_CHAT_API_KEY."
        ) from error


@lru_cache(maxsize=4)
def _opened(name: str | None, base_url: str | None, key: str | None, pause: float) -> BaseChatModel:
    # Retries are ours (streaming.py): a library's own would hide time from the turn's budget.
    common: dict[str, Any] = {"temperature": 0, "timeout": pause, "max_retries": 0}
    if base_url:
        from langchain_openai import ChatOpenAI

        from assistant.writing.connection import client

        model = (name or "local").removeprefix("openai:")
        return ChatOpenAI(
            model=model,
            base_url=base_url,
            api_key=lambda: key or "none",
            max_completion_tokens=None,
            extra_body={"max_tokens": LONGEST_ANSWER},
            use_responses_api=False,
            stream_usage=True,
            seed=_SEED,
            http_client=client(pause),
            **common,
        )
    from langchain.chat_models import init_chat_model

    if key:
        common["api_key"] = key
    assert name is not None
    if name.startswith("ollama:"):
        common = {"temperature": 0, "client_kwargs": {"timeout": pause}}
        common["num_predict"] = LONGEST_ANSWER
    else:
        common["max_tokens"] = LONGEST_ANSWER
    return cast("BaseChatModel", init_chat_model(name, **common))
