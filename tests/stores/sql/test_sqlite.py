"""A SQLite file of another application is refused and left as it is."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput
from backend.stores import open_database

FOREIGN = {
    "tables of its own": "CREATE TABLE songs (title TEXT)",
    "steps counted in another way": "CREATE TABLE schema_migrations (version TEXT)",
}


@pytest.mark.parametrize("statement", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_file_of_another_application_is_refused_and_left_alone(tmp_path: Path, statement: str) -> None:
    file = tmp_path / "songs.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
    before = file.read_bytes()
    with pytest.raises(InvalidInput, match=r"songs\.db belongs to another application") as refused:
        open_database(f"sqlite:///{file}")
    assert "BACKPROOF_DATABASE_URL" in refused.value.hint
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["songs.db"]


def test_an_empty_file_is_taken(tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    with closing(open_database(f"sqlite:///{tmp_path / 'new.db'}")) as database, database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 0
