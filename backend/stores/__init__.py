"""Memory: what is kept between runs, behind the store ports of the domain."""

from backend.stores.locks import FileLocks
from backend.stores.outbox import FileOutbox
from backend.stores.sql.database import Database, connect_database
from backend.stores.sql.migration import migrate, open_database, pending_steps
from backend.stores.sql.stores import Stores

__all__ = [
    "Database",
    "FileLocks",
    "FileOutbox",
    "Stores",
    "connect_database",
    "migrate",
    "open_database",
    "pending_steps",
]
