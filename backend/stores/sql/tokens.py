"""Tokens of scripts, by their hash."""

from datetime import datetime

from sqlalchemy import insert, or_, select, update

from backend.domain.accounts import ApiToken
from backend.domain.errors import Conflict
from backend.stores.codecs.accounts import token_of, token_row
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import TOKEN, load_row
from backend.stores.sql.tables import api_tokens


class SqlTokenStore:
    """The TokenStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_token(self, token: ApiToken) -> None:
        """Raises Conflict where there is one of that id or hash."""
        row, tokens = token_row(token), api_tokens.c
        same = or_(tokens.token_id == token.token_id, tokens.token_hash == row["token_hash"])
        with self._database.writing("tokens") as connection:
            if connection.scalar(select(tokens.number).where(same)) is not None:
                raise Conflict(f'There is a token "{token.token_id}" already.', "make one with an id of its own")
            connection.execute(insert(api_tokens), row)

    def find_token(self, token_hash: str) -> ApiToken | None:
        """Whoever owns it; also one that has expired or was revoked."""
        query = select(api_tokens).where(api_tokens.c.token_hash == bytes.fromhex(token_hash))
        with self._database.asking() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else token_of(row)

    def load_token(self, owner: str, token_id: str) -> ApiToken:
        """Raises NotFound, naming ids that resemble it."""
        with self._database.reading() as connection:
            return token_of(load_row(connection, TOKEN, owner, token_id))

    def list_tokens(self, owner: str) -> tuple[ApiToken, ...]:
        """Newest first, those that were revoked included."""
        tokens = api_tokens.c
        newest = (
            select(api_tokens).where(tokens.owner == owner).order_by(tokens.created_at.desc(), tokens.number.desc())
        )
        with self._database.asking() as connection:
            rows = connection.execute(newest).mappings().all()
        return tuple(token_of(row) for row in rows)

    def revoke_token(self, owner: str, token_id: str, at: datetime) -> ApiToken:
        """From now on it opens nothing; one that was revoked before stays as it is. Raises NotFound."""
        tokens = api_tokens.c
        valid = update(api_tokens).where(
            tokens.owner == owner, tokens.token_id == token_id, tokens.revoked_at.is_(None)
        )
        with self._database.writing() as connection:
            connection.execute(valid.values(revoked_at=at))
            return token_of(load_row(connection, TOKEN, owner, token_id))
