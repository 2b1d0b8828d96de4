"""Memory: what is kept between runs, behind the store ports of the domain."""

from backend.stores.locks import FileSessionLocks
from backend.stores.sql.database import Database, connect_database
from backend.stores.sql.migration import migrate, open_database
from backend.stores.sql.stores import Stores

__all__ = ["Database", "FileSessionLocks", "Stores", "connect_database", "migrate", "open_database"]
