"""The chat model of the settings, opened through LangChain; one setting names any of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from assistant.settings import Settings
from assistant.writing.packaged import PACKAGED
from corpus.errors import AdvisorError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LONGEST_ANSWER = 900
"""Tokens an answer may have: some twelve sentences with their marks."""

LONGEST_THOUGHT = 6000
"""The same for a strong model, which may think before it writes."""

_OTHER_PROTOCOLS = ("anthropic:", "ollama:", "google_genai:", "mistralai:", "bedrock:", "cohere:")
"""Providers that keep their own protocol where a base URL is set as well."""

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


def is_strong(settings: Settings) -> bool:
    """Whether the model is given much evidence and decides for itself what answers."""
    if settings.chat_strength != "auto":
        return settings.chat_strength == "strong"
    return (
        configured(settings) and (settings.chat_model or "").removeprefix("openai:") not in PACKAGED
    )


def open_model(settings: Settings, plain: bool = False) -> Any:
    """The chat model, a LangChain `BaseChatModel`, opened once for equal settings; nothing is sent.

    With `chat_memory` its answers are kept and given again (`remembering.Remembering`). With
    `chat_base_url` it is taken to speak OpenAI's protocol, unless its name begins with a provider
    that has its own; else `chat_model` is `provider:model` as LangChain's `init_chat_model` reads
    it. `plain`: without temperature and seed, for models that refuse them.

    Raises:
        BadChatModel: its package is not installed, its key is missing or its name is not known.
    """
    key = settings.chat_api_key.get_secret_value() if settings.chat_api_key else None
    try:
        tokens = settings.chat_tokens or (
            LONGEST_THOUGHT if is_strong(settings) else LONGEST_ANSWER
        )
        model = _opened(
            settings.chat_model,
            settings.chat_base_url,
            key,
            settings.chat_pause,
            tokens,
            None if plain else settings.chat_temperature or 0.0,
        )
        if settings.chat_memory is not None:
            from assistant.writing.remembering import Remembering

            return Remembering(model, settings.chat_memory.expanduser())
        return model
    except ImportError as error:
        told = _INSTALL.search(str(error))
        package = told[1] if told else (error.name or "langchain-openai").replace("_", "-")
        raise BadChatModel(
            f"The chat model needs a package that is not installed: pip install {package}"
        ) from error
    except Exception as error:
        raise BadChatModel(
            f"The chat model '{model_name(settings)}' cannot be opened ({type(error).__name__}). "
            "Check ADVISOR_CHAT_MODEL, ADVISOR_CHAT_BASE_URL and ADVISOR_CHAT_API_KEY."
        ) from error


_INSTALL = re.compile(r"pip install (?:-U )?['\"`]?([A-Za-z][\w-]+)")
"""How LangChain names the package that a provider needs."""


@lru_cache(maxsize=4)
def _opened(
    name: str | None,
    base_url: str | None,
    key: str | None,
    pause: float,
    tokens: int,
    temperature: float | None,
) -> BaseChatModel:
    # Retries are ours (streaming.py): a library's own would hide time from the turn's budget.
    common: dict[str, Any] = {"timeout": pause, "max_retries": 0}
    if temperature is not None:
        common["temperature"] = temperature
    if base_url and not (name or "").startswith(_OTHER_PROTOCOLS):
        from langchain_openai import ChatOpenAI

        from assistant.writing.connection import client

        model = (name or "local").removeprefix("openai:")
        return ChatOpenAI(
            model=model,
            base_url=base_url,
            api_key=lambda: key or "none",
            max_completion_tokens=tokens if temperature is None else None,
            extra_body=None if temperature is None else {"max_tokens": tokens},
            use_responses_api=False,
            stream_usage=True,
            seed=None if temperature is None else _SEED,
            http_client=client(pause),
            **common,
        )
    from langchain.chat_models import init_chat_model

    if key:
        common["api_key"] = key
    assert name is not None
    if name.startswith("ollama:"):
        common = {"client_kwargs": {"timeout": pause}, "num_predict": tokens}
        if temperature is not None:
            common["temperature"] = temperature
    else:
        common["max_tokens"] = tokens
    if base_url:
        common["base_url"] = base_url
    return cast("BaseChatModel", init_chat_model(name, **common))
