"""Whether what a server needs is there: the store, at the schema of this version, and what brings it its jobs."""

from pathlib import Path
from uuid import uuid4

from backend.bootstrap.application import Application
from backend.bootstrap.shared import Shared
from backend.bootstrap.working import refuse_without_celery
from backend.domain.errors import Unavailable
from backend.settings import Settings


def refuse_unusable(settings: Settings) -> None:
    """Tell before a server starts that what lies on this machine cannot be used; a server that is away may come back.

    Raises:
        InvalidInput: Celery is wanted and not installed.
        Unavailable: the data folder cannot be written, or the database file is damaged or of a newer version.
    """
    if settings.jobs == "celery":
        refuse_without_celery()
    shared = Shared(settings)
    with shared.locks.alone(f"start {uuid4().hex}", lambda: None):
        pass
    if not settings.on_postgres and (settings.database_url or not settings.supabase_url):
        shared.database.close()


def check_store(application: Application) -> None:
    """Ask the store anew.

    Raises:
        Unavailable: it does not answer, its schema is older or newer, or its file is gone.
        InvalidInput: its address or a key is not accepted.
    """
    if application.push_command:
        from backend.stores.supabase.client import SupabaseAccess, connect
        from backend.stores.supabase.schema import refuse_other_schema

        settings = application.settings
        secret_key = settings.supabase_secret_key.get_secret_value()
        access = SupabaseAccess(settings.supabase_url, settings.supabase_publishable_key, secret_key)
        refuse_other_schema(connect(access).own)
        return
    from backend.stores import pending_steps
    from backend.stores.sql.migration import refuse_pending

    database = application.shared.database
    if not database.on_server and not Path(database.place).exists():  # an open file can be read when it was deleted
        raise Unavailable(f"The database file {database.place} is gone.", "put it back, or start the server again")
    refuse_pending(pending_steps(database), database.place)
