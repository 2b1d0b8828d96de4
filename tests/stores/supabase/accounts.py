"""Stores of a test server as the service and as its users have them."""

from backend.stores import Stores
from backend.stores.supabase.client import SupabaseAccess
from backend.stores.supabase.stores import supabase_stores
from tests.servers.supabase_lite import SupabaseLite

ANN = "0f5e6f6e-5a4f-4d0e-9f5a-000000000a22"
BOB = "0f5e6f6e-5a4f-4d0e-9f5a-000000000b0b"


def service_stores(lite: SupabaseLite, owner: str) -> Stores:
    """The stores as the service has them: nothing is hidden from it, and it writes what everybody shares."""
    return supabase_stores(SupabaseAccess(lite.url, lite.publishable_key, lite.secret_key), owner)


def user_stores(lite: SupabaseLite, user: str, *, secret: bool = True) -> Stores:
    """The stores as a signed-in user has them, where the service has a secret key or none."""
    return supabase_stores(user_access(lite, user, secret=secret), user)


def user_access(lite: SupabaseLite, user: str, token: str | None = None, *, secret: bool = False) -> SupabaseAccess:
    key = lite.secret_key if secret else ""
    return SupabaseAccess(lite.url, lite.publishable_key, key, lite.token(user) if token is None else token)
