"""The reader of the user's files: formats by content, and a sentence for every file it cannot read."""

import gzip
from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput, NotFound
from backend.providers.files import Largest, read_table


def written(content: str | bytes, name: str = "file.any") -> str:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


def test_csv_by_any_usual_delimiter() -> None:
    for delimiter in (",", ";", "\t"):
        table = read_table(written(f"\ufeffa{delimiter}b\r\n1{delimiter}\r\n\r\nx{delimiter}y\r\nodd\r\n"))
        assert table.columns == {"a": ["1", "x"], "b": [None, "y"]}
        assert list(table.lines) == [2, 4]
        assert list(table.unreadable) == [(5, "not 2 columns wide")]


def test_json_lines_plain_and_gzipped() -> None:
    text = '{"a": 1}\n\n{"b": [2]}\n{oops\n' + "[" * 100_000
    for content in (text.encode(), gzip.compress(text.encode())):
        table = read_table(written(content))
        assert table.columns == {"a": [1, None], "b": [None, [2]]}
        assert list(table.lines) == [1, 3]
        assert [line for line, _ in table.unreadable] == [4, 5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "not UTF-8"),
        (b"a\x00b", "binary file"),
        (b"PAR1 and nothing", "damaged Parquet"),
        (b"\x1f\x8b\x08 cut", "damaged gzip"),
        (b"a,b\n", "header and no rows"),
        (b"a,A\n1,2\n", 'two columns named "A"'),
        (b'a,b\n"1,2\n', "not a CSV file"),
        (b'[{"a": 1}]', "one JSON array"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_table(written(content))


def test_no_file_and_no_folder() -> None:
    with pytest.raises(NotFound, match="no file nothing"):
        read_table("nothing")
    Path("folder").mkdir()
    with pytest.raises(InvalidInput, match="folder is not a file"):
        read_table("folder")


def test_more_cells_than_are_read_are_refused_and_the_file_is_called_by_its_name() -> None:
    few = Largest(size=100, cells=9)
    rows = "a,b\n1,2\n3,4\n5,6\n"
    for content in (
        rows,
        rows.replace("1", '"1"'),
        '{"a": 1, "b": 2}\n' * 4,
        '{"a": 1}\n{"b": 1}\n{"c": 1}\n{"d": 1}\n',
    ):
        with pytest.raises(InvalidInput, match=r"yours.csv has more than 9 cells"):
            read_table(written(content), "yours.csv", few)
    for large in (b"x" * 101, gzip.compress(b"x" * 101)):
        with pytest.raises(InvalidInput, match=r"yours.csv is larger than"):
            read_table(written(large), "yours.csv", few)
    assert read_table(written("a,b\n1,2\n3,4\n"), "yours.csv", few).columns["b"] == ["2", "4"]  # nine with line ends
