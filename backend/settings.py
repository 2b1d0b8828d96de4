"""Everything that differs between machines, read once from the environment and ``.env``."""

import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backend.domain.errors import InvalidInput
from backend.domain.known_models import known_model
from backend.domain.models import Budget, ModelChoice, ModelPrice, OutputMode
from backend.domain.sessions import StrategistName
from backend.domain.stated_models import stated_cutoffs, stated_prices
from backend.domain.suggestions import did_you_mean

PREFIX = "BACKPROOF_"
ENV_FILE = ".env"
DATABASE = "backproof.sqlite"
OPENAI = "openai"
OPENAI_HOST = "api.openai.com"
MODEL_LABEL = re.compile(r"[a-z0-9_]+:[^\s,=]{1,150}")

Names = Annotated[tuple[str, ...], NoDecode]


def variable(name: str) -> str:
    """The environment variable of a setting: outside services have usual names of their own."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else PREFIX + name.upper()


def default_data_dir() -> Path:
    """Where a user's data lives: ``$XDG_DATA_HOME/backproof`` or ``~/.local/share/backproof``."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "backproof"


class Settings(BaseSettings):
    """The effective settings; each is read from ``BACKPROOF_<NAME>``, those of outside services from their usual names.

    Attributes:
        data_dir: folder of the default database, checkpoints and locks.
        database_url: SQLAlchemy URL of the store; empty means SQLite in ``data_dir``.
        prices, posts: names of sources in the order in which they are asked.
        scorer: name of the sentiment scorer.
        strategist: who proposes strategies: the built-in search, a language model, or both.
        model: provider and name of the language model, e.g. ``openai:NAME``.
        model_prices, model_cutoffs: what holds for models, by label; beside the well-known ones, and before them.
        model_output, model_streaming: how replies are asked for.
        model_timeout, model_retries: seconds to wait for a reply, and how often to ask again when none comes.
        model_max_output: tokens that one reply may have.
        model_tools: whether the model may call tools.
        budget_tokens, budget_usd, budget_seconds, budget_backtests: what one session may spend; None is no limit.
        split: shares of train, validation and hold-out in percent.
        lock_timeout: seconds to wait for a locked database.
        owner: whose rows this command line reads and writes.
        retention_minutes: days for which bars shorter than a day are kept by ``data prune``.
        subreddits: where the collector looks.
        yahoo_url: address that answers like Yahoo Finance; empty means the real one.
        jobs: who does work that outlives a request: threads of the server ("local"), or Celery workers.
        workers: how many jobs one process does at the same time.
        redis_url: the Redis through which Celery workers are told of jobs.
        auth: who may ask over HTTP: anybody on this machine ("none"), holders of API tokens, or accounts of Supabase
            and their tokens; empty means accounts where there is a Supabase project, otherwise none.
        allowed_hosts: names under which the server is asked, beside those of this machine.
        allowed_origins: web pages elsewhere that a browser lets ask.
        rate_reads, rate_writes: requests an account may make in a minute.
        log_level: structured log lines on standard error from this level on.
        openai_api_key, openai_base_url: key and address of OpenAI or of a server that answers like it.
        supabase_url: address of a Supabase project; used unless ``database_url`` is set.
        supabase_publishable_key, supabase_secret_key, supabase_jwt_secret: its keys.
        reddit_client_id, reddit_client_secret, reddit_user_agent: a registered Reddit script.
        reddit_url, reddit_oauth_url: addresses that answer like Reddit; empty means the real ones.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: str = ""
    prices: Names = ("file", "yfinance", "sample")
    posts: Names = ("file", "reddit", "sample")
    scorer: str = "finance_lexicon"
    strategist: StrategistName = "builtin"
    model: str = "openai:gpt-6-luna"
    model_prices: Annotated[dict[str, ModelPrice], NoDecode] = Field(default_factory=dict)
    model_cutoffs: Annotated[dict[str, date], NoDecode] = Field(default_factory=dict)
    model_output: OutputMode = "structured"
    model_streaming: bool = False
    model_timeout: float = Field(default=120.0, gt=0, le=3600)
    model_retries: int = Field(default=2, ge=0, le=10)
    model_max_output: int = Field(default=8_000, ge=100, le=200_000)
    model_tools: bool = False
    budget_tokens: int | None = Field(default=None, ge=1)
    budget_usd: float | None = Field(default=1.0, gt=0)
    budget_seconds: float | None = Field(default=None, gt=0)
    budget_backtests: int | None = Field(default=None, ge=1)
    split: Annotated[tuple[float, float, float], NoDecode] = (50, 20, 30)
    lock_timeout: float = Field(default=15.0, gt=0)
    owner: str = Field(default="local", min_length=1, max_length=100)
    retention_minutes: int = Field(default=365, ge=0)
    subreddits: Names = ("wallstreetbets", "stocks", "investing")
    yahoo_url: str = ""
    jobs: Literal["local", "celery"] = "local"
    workers: int = Field(default=4, ge=1, le=64)
    redis_url: str = "redis://127.0.0.1:6379/0"
    auth: Literal["", "none", "tokens", "supabase"] = ""
    allowed_hosts: Names = ()
    allowed_origins: Names = ()
    rate_reads: int = Field(default=12_000, ge=1)
    rate_writes: int = Field(default=1_200, ge=1)
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    openai_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="OPENAI_API_KEY")
    openai_base_url: str = Field(default="", validation_alias="OPENAI_BASE_URL")
    supabase_url: str = Field(default="", validation_alias="SUPABASE_URL")
    supabase_publishable_key: str = Field(default="", validation_alias="SUPABASE_PUBLISHABLE_KEY")
    supabase_secret_key: SecretStr = Field(default=SecretStr(""), validation_alias="SUPABASE_SECRET_KEY")
    supabase_jwt_secret: SecretStr = Field(default=SecretStr(""), validation_alias="SUPABASE_JWT_SECRET")
    reddit_client_id: str = Field(default="", validation_alias="REDDIT_CLIENT_ID")
    reddit_client_secret: SecretStr = Field(default=SecretStr(""), validation_alias="REDDIT_CLIENT_SECRET")
    reddit_user_agent: str = Field(default="", validation_alias="REDDIT_USER_AGENT")
    reddit_url: str = Field(default="", validation_alias="REDDIT_URL")
    reddit_oauth_url: str = Field(default="", validation_alias="REDDIT_OAUTH_URL")

    @field_validator("data_dir", mode="before")
    @classmethod
    def _stated(cls, value: Any) -> Any:
        return default_data_dir() if value == "" else value  # set to nothing is unset, not the working folder

    @field_validator("data_dir")
    @classmethod
    def _expand_home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("prices", "posts", "subreddits", "allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _split_names(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("split", mode="before")
    @classmethod
    def _split_shares(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split("/")) if isinstance(value, str) else value

    @field_validator("split")
    @classmethod
    def _whole(cls, value: tuple[float, float, float]) -> tuple[float, float, float]:
        if min(value) <= 0 or abs(sum(value) - 100) > 1e-9:
            raise ValueError("the three shares must be above zero and add up to 100, e.g. 50/20/30")
        return value

    @field_validator("model", mode="before")
    @classmethod
    def _model_stated(cls, value: Any) -> Any:
        return cls.model_fields["model"].default if value == "" else value

    @field_validator("model")
    @classmethod
    def _labelled(cls, value: str) -> str:
        if not MODEL_LABEL.fullmatch(value):
            raise ValueError("write its provider, a colon and its name, e.g. openai:NAME")
        return value

    @field_validator("budget_tokens", "budget_usd", "budget_seconds", "budget_backtests", mode="before")
    @classmethod
    def _limit(cls, value: Any, field: ValidationInfo) -> Any:
        if value == "":  # set to nothing is unset, not unlimited
            return cls.model_fields[str(field.field_name)].default
        return None if value == "none" else value

    @field_validator("model_prices", mode="before")
    @classmethod
    def _prices(cls, value: Any) -> Any:
        return stated_prices(value) if isinstance(value, str) else value

    @field_validator("model_cutoffs", mode="before")
    @classmethod
    def _cutoffs(cls, value: Any) -> Any:
        return stated_cutoffs(value) if isinstance(value, str) else value

    @field_validator("openai_api_key", mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    @field_validator("openai_base_url")
    @classmethod
    def _without_secrets(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("write an address such as http://localhost:11434/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("an address holds no user, password or query here; a key belongs in OPENAI_API_KEY")
        return value.rstrip("/")

    @property
    def model_choice(self) -> ModelChoice:
        """The language model with all that is stated about it, and without its key."""
        provider, _, name = self.model.partition(":")
        known = known_model(self.model)
        listed = known.price if known and self._of_its_maker else None
        return ModelChoice(
            provider=provider,
            name=name,
            endpoint=self.openai_base_url if provider == OPENAI else "",
            knowledge_cutoff=self.model_cutoffs.get(self.model, known.knowledge_cutoff if known else None),
            price=self.model_prices.get(self.model, listed),
            output=self.model_output,
            streaming=self.model_streaming,
            max_output=self.model_max_output,
        )

    @property
    def _of_its_maker(self) -> bool:
        """Whether the well-known prices hold: another server may ask for others."""
        return urlsplit(self.openai_base_url).hostname in (None, OPENAI_HOST)

    @property
    def lacks_key(self) -> bool:
        """Whether the model cannot be asked: OpenAI's own server wants a key."""
        of_openai = self.model.startswith(f"{OPENAI}:") and self._of_its_maker
        return of_openai and not self.openai_api_key.get_secret_value()

    @property
    def budget(self) -> Budget:
        """What one session may spend; dollars that nobody stated do not limit a model of unknown price."""
        unstated = "budget_usd" not in self.model_fields_set and self.model_choice.price is None
        return Budget(
            tokens=self.budget_tokens,
            usd=None if unstated else self.budget_usd,
            seconds=self.budget_seconds,
            backtests=self.budget_backtests,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The very values that no log, error or store may hold."""
        values = (getattr(self, name) for name in Settings.model_fields)
        keys = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        found = [re.search(r"://[^/@:]*:(.+)@", url) for url in (self.database_url, self.redis_url)]
        quoted = [password.group(1) for password in found if password]
        return tuple(value for value in (*keys, *quoted, *map(unquote, quoted)) if value)

    @property
    def store_url(self) -> str:
        """The database URL with its default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / DATABASE}"

    @property
    def on_postgres(self) -> bool:
        """Whether the store is a PostgreSQL database that is reached directly."""
        return self.store_url.startswith(("postgresql:", "postgresql+", "postgres:"))

    @property
    def signs_in(self) -> Literal["none", "tokens", "supabase"]:
        """Who may ask over HTTP, with the default filled in."""
        return self.auth or ("supabase" if self.supabase_url else "none")

    @property
    def shares(self) -> tuple[float, float, float]:
        """Train, validation and hold-out as fractions."""
        train, validation, holdout = self.split
        return train / 100, validation / 100, holdout / 100


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        InvalidInput: a ``BACKPROOF_*`` name that does not exist, or a value that does not fit.
    """
    _refuse_unknown_names()
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = _told(str(first["loc"][0])) if first["loc"] else "the settings"
        reason = first["msg"].removeprefix("Value error, ")
        raise InvalidInput(f"The setting {name} is not valid: {reason}.", "see all: `backproof settings`") from None


def _told(location: str) -> str:
    return variable(location) if location in Settings.model_fields else location


def _refuse_unknown_names() -> None:
    known = [variable(name) for name in Settings.model_fields]
    stated = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    unknown = sorted(name for name in stated if name.startswith(PREFIX) and name not in known)
    if unknown:
        hint = did_you_mean(unknown[0], known) or "see all: `backproof settings`"
        raise InvalidInput(f"There is no setting {unknown[0]}.", hint)
