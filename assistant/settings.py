"""Every setting, read once from the environment (or `.env`), then frozen.

Names are `ADVISOR_*`; those that other tools share keep their usual names: EMBEDDING_MODEL,
RERANKER_MODEL, RERANKER_URL, RERANKER_KEY, DATABASE_URL, CHROMA_HOST.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.errors import AdvisorError


class BadSetting(AdvisorError):
    """For the operator: a setting has a value that cannot be used; nothing was started."""

    code = "bad-setting"


class Settings(BaseSettings):
    """Configuration of one process. `Settings.load()` reads it from the environment."""

    model_config = SettingsConfigDict(
        env_prefix="ADVISOR_",
        env_file=".env",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
    )

    data_dir: Path = Field(
        default=Path("~/.local/share/itu-d-advisor"),
        description="Where all state lives: the shelf, the indexes, files, conversations.",
    )
    files_dir: Path | None = Field(
        default=None,
        description="Where files of documents are kept; replicas share it. files/ when empty.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL", "ADVISOR_DATABASE_URL"),
        description="postgresql+psycopg://... ; SQLite in the data directory when empty.",
    )
    chroma_host: str | None = Field(
        default=None,
        validation_alias=AliasChoices("CHROMA_HOST", "ADVISOR_CHROMA_HOST"),
        description="host:port of a Chroma server; embedded Chroma when empty.",
    )
    index_dir: Path | None = Field(
        default=None,
        description="Directory all replicas see, for the shared index; the database when empty.",
    )
    worker: Literal["inside", "apart"] = Field(
        default="inside",
        description="With CHROMA_HOST: 'inside' lets each server be elected to build the index "
        "and read files, 'apart' leaves that to `advisor worker`.",
    )
    lexical: Literal["bm25s", "postgres"] = Field(
        default="bm25s",
        description="Where words are searched: an index on disk, or PostgreSQL (DATABASE_URL).",
    )
    embedding_model: str = Field(
        default="advisor-e5",
        validation_alias=AliasChoices("EMBEDDING_MODEL", "ADVISOR_EMBEDDING_MODEL"),
        description="advisor-e5, minilm, or any sentence-transformers name or path.",
    )
    reranker_model: str | None = Field(
        default=None,
        validation_alias=AliasChoices("RERANKER_MODEL", "ADVISOR_RERANKER_MODEL"),
        description="A sentence-transformers CrossEncoder by name or folder; 'chat': the chat "
        "model; with RERANKER_URL the model named to it. Needs `advisor train calibrate`.",
    )
    reranker_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("RERANKER_URL", "ADVISOR_RERANKER_URL"),
        description="A rerank endpoint as Jina, Cohere and Text Embeddings Inference speak it.",
    )
    reranker_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("RERANKER_KEY", "ADVISOR_RERANKER_KEY"),
        description="Key for the rerank endpoint.",
    )
    reranker_timeout: float = Field(
        default=10,
        gt=0,
        description="Seconds a reranker may take for a question; then the packaged judge decides.",
    )
    chat_model: str | None = Field(
        default=None, description="provider:model for LangChain; quoting mode when empty."
    )
    chat_base_url: str | None = Field(
        default=None, description="Base URL of any OpenAI-compatible chat endpoint."
    )
    chat_api_key: SecretStr | None = Field(default=None, description="Key for the chat endpoint.")
    chat_timeout: float = Field(
        default=180, gt=0, description="Seconds a chat model may take for one answer."
    )
    chat_pause: float = Field(
        default=60, gt=0, description="Seconds a chat model may be silent before it is given up."
    )
    chat_tokens: int = Field(
        default=0,
        ge=0,
        description="Tokens a chat model may write for one answer, its thinking included; 0: what "
        "suits the model.",
    )
    chat_temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        description="Sent with each request to the chat model; 0 when empty, and not sent to "
        "models that refuse it.",
    )
    chat_strength: Literal["auto", "strong", "small"] = Field(
        default="auto",
        description="How much evidence the chat model is given: 'strong' twelve clauses with "
        "their surroundings, 'small' a few; 'auto': small for packaged models.",
    )
    chat_judge: bool = Field(
        default=True,
        description="Whether a strong chat model is asked, in one request an answer, about "
        "sentences whose meaning the check leaves open.",
    )
    entailment_model: str = Field(
        default="learned",
        description="What tells whether a clause bears a sentence out: learned, words, or a "
        "cross-encoder of natural language inference, by name or folder.",
    )
    chat_memory: Path | None = Field(
        default=None,
        description="Folder that keeps the chat model's answers, so that an evaluation repeats; "
        "not for a service.",
    )
    host: str = Field(default="127.0.0.1", description="Address to serve on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to serve on.")
    api_keys: str = Field(
        default="",
        description="name:sha256[:role] of each key, by commas; empty: no sign-in, loopback only.",
    )
    hosts: str = Field(
        default="", description="Names this server is reached by beside loopback, by commas."
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks, by commas, whose X-Forwarded-For and -Proto are "
        "believed; empty: nobody's.",
    )
    root_path: str = Field(default="", description="Path a proxy serves this under, like /advisor.")
    questions_per_minute: int = Field(
        default=60, ge=0, description="Questions one person may ask in a minute; 0: no limit."
    )
    questions_at_once: int = Field(
        default=8, ge=0, description="Questions of one person answered at once; 0: no limit."
    )

    anonymous_reading: bool = Field(
        default=False, description="Whether people without an account may read and ask."
    )
    anonymous_questions_per_minute: int = Field(
        default=10, ge=0, description="Questions from one address without an account; 0: no limit."
    )
    oidc_issuer: str = Field(
        default="", description="Address of an OpenID Connect provider to sign in at."
    )
    oidc_client_id: str = Field(default="", description="This server's id at the provider.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="This server's secret at the provider, if it has one."
    )
    oidc_name: str = Field(
        default="OpenID", description="What the sign-in button calls the provider."
    )
    oidc_role_claim: str = Field(
        default="roles", description="Claim with what a person may do; a.b looks inside a."
    )
    oidc_roles: str = Field(
        default="", description="value=role of that claim, by commas; empty: admins give roles."
    )
    public_url: str = Field(
        default="", description="Address people use, behind a proxy: https://host/path."
    )
    keep_days: int = Field(
        default=0, ge=0, description="Days a conversation is kept after its last turn; 0: all."
    )
    session_hours: float = Field(
        default=12, gt=0, le=720, description="Hours after which a browser signs in again."
    )

    @property
    def home(self) -> Path:
        """The data directory with `~` expanded."""
        return self.data_dir.expanduser()

    @property
    def shared(self) -> bool:
        """Whether several processes may serve one corpus: its vectors are in a Chroma server."""
        return bool(self.chroma_host)

    @classmethod
    def load(cls) -> Settings:
        """The settings of the environment, `.env`, and files of the folder ADVISOR_SECRETS_DIR.

        A secret file is named as its variable, in small letters: `database_url`,
        `advisor_api_keys`. The environment comes first.

        Raises:
            BadSetting: a value is of the wrong kind or out of range; the message names it.
        """
        folder = os.environ.get("ADVISOR_SECRETS_DIR") or None
        try:
            return cls(_secrets_dir=folder)
        except ValidationError as error:
            wrong = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
            raise BadSetting(f"A setting cannot be used: {wrong}. Names are ADVISOR_*.") from None
