"""Whether the schema of a Supabase project is the one that this version was written for."""

from backend.domain.errors import Unavailable
from backend.stores.sql.upgrades import server_steps
from backend.stores.supabase.client import Caller
from backend.stores.supabase.faults import PUSH


def refuse_other_schema(caller: Caller) -> None:
    """Refuse a project that lacks a step of the schema, or went through one that this version does not know.

    Raises:
        Unavailable: saying how to bring one of the two up to date.
    """
    applied, known = caller.numbers_of_migrations(), {step.number for step in server_steps()}
    if pending := sorted(known - applied):
        raise Unavailable(
            f"The schema of Supabase at {caller.place} is older than this version: step {pending[0]} is missing.", PUSH
        )
    if unknown := sorted(applied - known):
        raise Unavailable(
            f"The schema of Supabase at {caller.place} has step {unknown[-1]}, and this version of Backproof knows"
            f" {max(known)} at most.",
            "update Backproof, or point SUPABASE_URL to another project",
        )
