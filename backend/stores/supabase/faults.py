"""The one place where errors of a Supabase project become errors of the domain."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from pydantic_core import from_json
from supabase import PostgrestAPIError

from backend.domain.errors import BackproofError, Conflict, InvalidInput, NotFound, Unavailable
from backend.domain.suggestions import did_you_mean
from backend.stores.sql.lookups import BATCH, BOT, DATASET, JOB, RUN, SESSION, STRATEGY, TOKEN

HINTS = {noun.name: noun.hint for noun in (SESSION, RUN, BOT, DATASET, STRATEGY, TOKEN, JOB, BATCH)}
"""What to do about an unknown id when nothing resembles it, by noun."""

OLDER_SCHEMA = {"PGRST202", "PGRST204", "PGRST205", "42883", "42P01", "42703", "3F000"}
"""No such function, table or column: https://docs.postgrest.org/en/stable/references/errors.html."""

REFUSED_KEY = {"PGRST300", "PGRST301", "PGRST302", "PGRST303", "401", "403", "28000", "28P01"}
"""A token or key is missing, expired, forged or of another project."""

PUSH = "bring the schema up to date (`supabase db push`): `backproof data migrate`"
CHECK_KEYS = "check SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY, or sign in again"
CHECK_URL = "check SUPABASE_URL and the network, then try again"


@contextmanager
def told_plainly(place: str) -> Iterator[None]:
    """Raise what the project or the way to it reports inside as one clear sentence; keys and tokens are never in it.

    Args:
        place: the address of the project.

    Raises:
        NotFound, Conflict, InvalidInput: a function of the database says so.
        Unavailable: the project does not answer, or its schema is not the one expected.
    """
    try:
        yield
    except PostgrestAPIError as error:
        raise _plain(error, place) from None  # the cause could carry what was sent
    except httpx.TimeoutException as error:
        raise Unavailable(f"Supabase at {place} did not answer in time ({type(error).__name__}).", CHECK_URL) from None
    except httpx.HTTPError as error:
        raise Unavailable(f"Supabase at {place} does not answer ({error}).", CHECK_URL) from None
    except (UnicodeEncodeError, OverflowError) as error:
        raise InvalidInput(f"A value cannot be stored ({error}).", "store valid text and 64-bit numbers") from error


def _plain(error: PostgrestAPIError, place: str) -> BackproofError:
    code, message = error.code or "", error.message or "no reason given"
    if code == "PT404":
        return _not_found(message, error.hint or "", error.details)
    if code in TOLD:
        return TOLD[code](message, error.hint or "")
    if code in REFUSED_KEY or (not code and ("API key" in message or "JWT" in message)):
        return InvalidInput(f"Supabase at {place} does not accept the key or token that was sent.", CHECK_KEYS)
    if code in OLDER_SCHEMA:
        return Unavailable(f"The schema of Supabase at {place} is missing or older than this version.", PUSH)
    return _of_the_database(code, message, place)


def _of_the_database(code: str, reason: str, place: str) -> BackproofError:
    if code == "42501":
        return InvalidInput(
            f"Supabase at {place} does not let this account read or write that ({reason}).",
            "an account writes rows of its own; shared prices and posts are written with SUPABASE_SECRET_KEY",
        )
    if code.startswith("22"):
        return InvalidInput(f"A value cannot be stored ({reason}).", "store valid text, times and 64-bit numbers")
    if code.startswith("23"):
        return Conflict(f"Supabase at {place} refused a record that contradicts a stored one ({reason}).")
    return Unavailable(f"Supabase at {place} refused: {reason} ({code or 'no code'}).", "try again later")


TOLD: dict[str, type[BackproofError]] = {"PT409": Conflict, "PT422": InvalidInput}
"""Codes under which a function of the database says in its own words what is wrong."""


def _not_found(message: str, hint: str, details: Any) -> NotFound:
    if not details:
        return NotFound(message, hint)
    about = from_json(details) if isinstance(details, str) else details
    return NotFound(message, did_you_mean(about["wanted"], about["known"]) or HINTS[about["noun"]])
