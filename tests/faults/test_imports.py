"""Files of prices and posts that cannot be used leave the store as it was."""

import gzip
import json
import random
from pathlib import Path

import pytest

from tests.cli.conftest import Backproof
from tests.faults.conftest import Refused

pytestmark = pytest.mark.usefixtures("data_dir")

HEADER = "date,open,high,low,close,volume\n"
JUNK = bytes([0xFF, *random.Random(0).randbytes(2000)])
UNREADABLE = [
    ("a.csv", b"", "is empty"),
    ("a.csv", b"\xef\xbb\xbf", "is empty"),
    ("a.csv", JUNK, "is not UTF-8 text"),
    ("a.parquet", JUNK, "is not UTF-8 text"),
    ("a.parquet", b"PAR1" + JUNK, "is a damaged Parquet file"),
    ("a.csv.gz", gzip.compress(JUNK)[:-40], "is a damaged gzip file"),
    ("a.csv", b"date\x00" * 40, "is a binary file"),
    ("a.csv", b"foo,bar\n1,2\n", "has no column"),
    ("a.csv", b"foo,foo\n1,2\n", "two columns"),
    ("a.csv", HEADER.encode(), "has a header and no rows"),
    ("a.csv", b'foo,bar\n"1,2\n', "is not a CSV file: line 2"),
    ("a.jsonl", b"[" * 200_000, "is one JSON array"),
    ("a.jsonl", b'{"a":' * 100_000, "has no column"),
]


def _bars(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


PRICES = [
    (_bars("2020-01-02T14:30:00Z,1,2,0.5,1.5,9", "2020-01-03 14:30,1,2,0.5,1.5,9"), "mixes time zones"),
    (_bars("2020-01-02,1,2,0.5,1.5,9", "2020-01-02,1,2,0.5,1.6,9"), "appears twice"),
    (_bars("2020-01-03,1,2,0.5,1.5,9", "2020-01-02,1,2,0.5,1.6,9"), "is out of order; sort"),
    (_bars("2020-01-02,1,0.2,0.5,1.5,9", "2020-01-03,1,2,0.5,1.5,9"), "high"),
    (_bars("2020-01-02,1,2,0.5,nan,9", "2020-01-03,1,2,0.5,1.5,9"), "close"),
    (_bars("2020-01-02,1,2,0.5,inf,9", "2020-01-03,1,2,0.5,1.5,9"), "close"),
    (_bars("2020-01-02,1,2,-0.5,1.5,9", "2020-01-03,1,2,0.5,1.5,9"), "low"),
]


@pytest.mark.parametrize("kind", ["prices", "posts", "news"])
@pytest.mark.parametrize(("name", "content", "sentence"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_file_that_cannot_be_read_is_refused(
    refused: Refused, tmp_path: Path, kind: str, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert sentence in refused(2, "data", "import", kind, str(tmp_path / name), "--symbol", "TEST")[0]


@pytest.mark.parametrize(("content", "sentence"), PRICES, ids=range(len(PRICES)))
def test_prices_that_contradict_themselves_are_refused_whole(
    backproof: Backproof, refused: Refused, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "bars.csv"
    file.write_bytes(_bars("2019-12-30,1,2,0.5,1.5,9", "2019-12-31,1,2,0.5,1.5,9"))
    assert backproof("data", "import", "prices", str(file), "--symbol", "KEPT").code == 0
    before = backproof("data", "status", "--json").stdout
    file.write_bytes(content)
    for symbol in ("TEST", "KEPT"):
        assert sentence in refused(2, "data", "import", "prices", str(file), "--symbol", symbol)[0]
    assert backproof("data", "status", "--json").stdout == before


def test_posts_of_mixed_time_zones_are_refused_row_by_row_or_whole(backproof: Backproof, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("created_at,text\n2020-01-02T10:00:00Z,up\nyesterday,down\n", encoding="utf-8")
    ended = backproof("data", "import", "posts", str(file), "--symbol", "TEST", "--channel", "reddit", "--json")
    assert ended.code == 0, ended.stderr
    report = json.loads(ended.stdout)
    assert report["rows_refused"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["prices", "gone.csv", "--symbol", "TEST"], 3, "There is no file gone.csv."),
        (["prices", ".", "--symbol", "TEST"], 2, "is not a file"),
        (["prices", "bars.csv"], 2, "has no column symbol"),
        (["prices", "bars.csv", "--symbol", "../x y"], 2, "is no ticker"),
        (["prices", "bars.csv", "--symbol", ""], 2, "is no ticker"),
        (["posts", "bars.csv", "--channel", "redit"], 2, 'There is no channel "redit".'),
    ],
)
def test_what_cannot_be_imported_is_told(
    refused: Refused, own_home: Path, arguments: list[str], code: int, sentence: str
) -> None:
    (own_home / "bars.csv").write_bytes(_bars("2020-01-02,1,2,0.5,1.5,9"))
    assert sentence in refused(code, "data", "import", *arguments)[0]
