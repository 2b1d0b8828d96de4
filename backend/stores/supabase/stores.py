"""Every store over one Supabase project, as the bundle of ports that the services are given."""

from backend.domain.errors import InvalidInput
from backend.stores.sql.stores import Stores
from backend.stores.supabase.answers import SupabaseAnswerStore
from backend.stores.supabase.batches import SupabaseBatchStore
from backend.stores.supabase.bots import SupabaseBotStore
from backend.stores.supabase.client import SupabaseAccess, connect
from backend.stores.supabase.datasets import SupabaseDatasetStore
from backend.stores.supabase.faults import CHECK_KEYS
from backend.stores.supabase.jobs import SupabaseJobStore
from backend.stores.supabase.market import SupabaseMarketStore
from backend.stores.supabase.models import SupabaseModelStore
from backend.stores.supabase.posts import SupabasePostStore
from backend.stores.supabase.runs import SupabaseLedgerStore, SupabaseRunStore
from backend.stores.supabase.schema import refuse_other_schema
from backend.stores.supabase.sessions import SupabaseSessionStore
from backend.stores.supabase.strategies import SupabaseStrategyStore
from backend.stores.supabase.tokens import SupabaseTokenStore


def supabase_stores(access: SupabaseAccess, owner: str) -> Stores:
    """All of them for ``owner``, whose private rows they serve; the schema is looked at first.

    Args:
        access: with a token the stores see what that user may see, without one everything.
        owner: the user's id; any name where there are no accounts.

    Raises:
        InvalidInput: the address or a key is missing or not accepted.
        Unavailable: the project does not answer, or its schema is older or newer than this version.
    """
    callers = connect(access)
    refuse_other_schema(callers.own)
    if access.token is not None and callers.own.caller_id() != owner:
        raise InvalidInput(f'The token sent to Supabase at {access.place} is not of the account "{owner}".', CHECK_KEYS)
    return Stores(
        market=SupabaseMarketStore(callers, owner),
        posts=SupabasePostStore(callers, owner),
        datasets=SupabaseDatasetStore(callers),
        sessions=SupabaseSessionStore(callers),
        ledger=SupabaseLedgerStore(callers),
        runs=SupabaseRunStore(callers),
        bots=SupabaseBotStore(callers),
        models=SupabaseModelStore(callers),
        strategies=SupabaseStrategyStore(callers),
        batches=SupabaseBatchStore(callers),
        jobs=SupabaseJobStore(callers),
        tokens=SupabaseTokenStore(callers),
        answers=SupabaseAnswerStore(callers),
    )
