"""What each way of signing in needs of the settings, told before the first request."""

from urllib.parse import urlsplit

from backend.domain.errors import InvalidInput
from backend.settings import Settings

SHORTEST_SECRET = 32
"""Bytes: https://www.rfc-editor.org/rfc/rfc7518#section-3.2."""


def refuse_incomplete(settings: Settings) -> None:
    """Raise InvalidInput where the settings lack what their way of signing in needs, or open a door too wide."""
    if settings.signs_in == "supabase":
        _refuse_incomplete_project(settings)
    for origin in settings.allowed_origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            raise InvalidInput(
                f'The origin "{origin}" in BACKPROOF_ALLOWED_ORIGINS is none.',
                "name each web page that may ask by scheme and host, e.g. https://app.example.com",
            )
    for host in settings.allowed_hosts:
        if not host or set(host) & set("*/ "):
            raise InvalidInput(
                f'The name "{host}" in BACKPROOF_ALLOWED_HOSTS is none.', "name each host, e.g. backproof.example.com"
            )


def _refuse_incomplete_project(settings: Settings) -> None:
    if not settings.supabase_url:
        raise InvalidInput("Accounts of Supabase are asked for, and no project is named.", "set SUPABASE_URL")
    if 0 < len(settings.supabase_jwt_secret.get_secret_value().encode()) < SHORTEST_SECRET:
        raise InvalidInput(
            f"SUPABASE_JWT_SECRET is shorter than {SHORTEST_SECRET} bytes, so anybody could guess it.",
            "copy it from the settings of the project, or leave it out where the project signs with ES256",
        )
    if settings.database_url:
        return
    if not settings.supabase_secret_key.get_secret_value():
        raise InvalidInput(
            "Jobs and tokens are kept in Supabase, and there is no key for them.",
            "set SUPABASE_SECRET_KEY, or BACKPROOF_DATABASE_URL to keep everything in a database",
        )
    if not settings.supabase_publishable_key:
        raise InvalidInput("There is no publishable key for Supabase.", "set SUPABASE_PUBLISHABLE_KEY")
