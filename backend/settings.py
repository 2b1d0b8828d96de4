"""Everything that differs between machines, read once from the environment and ``.env``."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean

PREFIX = "BACKPROOF_"
ENV_FILE = ".env"
DATABASE = "backproof.sqlite"

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
        strategist: who proposes strategies.
        split: shares of train, validation and hold-out in percent.
        lock_timeout: seconds to wait for a locked database.
        owner: whose rows this command line reads and writes.
        retention_minutes: days for which bars shorter than a day are kept by ``data prune``.
        subreddits: where the collector looks.
        yahoo_url: address that answers like Yahoo Finance; empty means the real one.
        log_level: structured log lines on standard error from this level on.
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
    strategist: Literal["builtin"] = "builtin"
    split: Annotated[tuple[float, float, float], NoDecode] = (50, 20, 30)
    lock_timeout: float = Field(default=15.0, gt=0)
    owner: str = Field(default="local", min_length=1, max_length=100)
    retention_minutes: int = Field(default=365, ge=0)
    subreddits: Names = ("wallstreetbets", "stocks", "investing")
    yahoo_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

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

    @field_validator("prices", "posts", "subreddits", mode="before")
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

    @property
    def store_url(self) -> str:
        """The database URL with its default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / DATABASE}"

    @property
    def on_postgres(self) -> bool:
        """Whether the store is a PostgreSQL database that is reached directly."""
        return self.store_url.startswith(("postgresql:", "postgresql+", "postgres:"))

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
        raise InvalidInput(f"The setting {name} is not valid: {first['msg']}.", "see `backproof settings`") from None


def _told(location: str) -> str:
    return variable(location) if location in Settings.model_fields else location


def _refuse_unknown_names() -> None:
    known = [variable(name) for name in Settings.model_fields]
    stated = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    unknown = sorted(name for name in stated if name.startswith(PREFIX) and name not in known)
    if unknown:
        hint = did_you_mean(unknown[0], known) or "see `backproof settings`"
        raise InvalidInput(f"There is no setting {unknown[0]}.", hint)
