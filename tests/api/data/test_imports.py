"""Files that are sent: taken with a report, bounded in every way, and gone afterwards."""

import gzip
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from starlette.testclient import TestClient

from backend.api.uploads.files import Uploads
from backend.api.uploads.multipart import told_name
from backend.domain.timeframes import Timeframe
from tests.api.serving import Service, service
from tests.cli.conftest import Backproof, backproof

__all__ = ["backproof"]

PRICES = """symbol,date,open,high,low,close,volume
OWN,2020-01-02,10,11,10,10.5,5
OWN,2020-01-03,10.5,11,10,10.75,6
BAD,2020-01-02,5,4,5,5,1
"""
POSTS = '{"created_at": "2020-01-02T15:00:00Z", "text": "to the moon", "ticker": "OWN"}\n{"text": "no time"}\n'
DAILY = (Timeframe.DAY, None)


@pytest.fixture
def quiet(served: Service) -> Iterator[TestClient]:
    """Of the single owner; no file may be left behind by a test."""
    yield served.client(quiet=True)
    assert left_behind(served) == []


def left_behind(served: Service) -> list[Path]:
    return list((served.accounts.settings.data_dir / "uploads").glob("*"))


def send(client: TestClient, content: bytes | str, name: str = "own.csv", **fields: str) -> Any:
    return client.post("data/import", data=fields, files={"file": (name, content)})


def parquet_of(columns: dict[str, Any], **options: Any) -> bytes:
    out = BytesIO()
    parquet.write_table(pa.table(columns), out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "fields", "command"),
    [
        (PRICES.encode(), {"kind": "prices"}, ("prices",)),
        (gzip.compress(PRICES.encode()), {"kind": "prices", "symbol": "own"}, ("prices", "--symbol", "own")),
        (POSTS.encode(), {"kind": "posts", "channel": "reddit"}, ("posts", "--channel", "reddit")),
        (POSTS.encode(), {"kind": "news"}, ("news",)),
        (
            parquet_of({"date": ["2020-01-02"], "open": [1.0], "high": [2.0], "low": [1.0], "close": [2.0]}),
            {"kind": "prices", "symbol": "PQ"},
            ("prices", "--symbol", "PQ"),
        ),
    ],
    ids=["csv", "gzip", "posts", "news", "parquet"],
)
def test_the_report_is_that_of_the_command_line(
    quiet: TestClient, backproof: Backproof, own_home: Path, content: bytes, fields: dict[str, str], command: Any
) -> None:
    (own_home / "own.csv").write_bytes(content)
    kind, *options = command
    told = json.loads(backproof("data", "import", kind, "own.csv", *options, "--json").stdout)
    answer = send(quiet, content, **fields)
    assert (answer.status_code, answer.json()) == (200, told)


def test_what_was_imported_is_served(quiet: TestClient) -> None:
    send(quiet, PRICES, kind="prices")
    status = quiet.get("data/status").json()
    assert [(series["symbol"], series["source"], series["bars"]) for series in status["bars"]] == [("OWN", "file", 2)]
    body = {"spec": {"name": "x", "long_entry": "close > open"}, "symbols": ["OWN"]}
    assert quiet.post("backtest", json=body).json()["source"] == "file"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\own.csv", "own.csv"),
        ("..", ".."),
        ("", "the file"),
        ("\x1b[31m\u202e.csv", "[31m.csv"),
        ("n" * 500, "n" * 100),
        ("/", "the file"),
    ],
)
def test_a_name_is_told_and_never_a_path(name: str, told: str) -> None:
    assert told_name(name) == told


@pytest.mark.parametrize("name", ["../../escape.csv", "/tmp/escape.csv", "..", "a\\..\\b.csv", "x" * 3000])
def test_no_name_leads_out_of_the_folder(quiet: TestClient, served: Service, name: str) -> None:
    answer = send(quiet, PRICES, name, kind="prices")
    assert answer.status_code in (200, 422)
    folder = served.accounts.settings.data_dir
    assert not [*folder.parent.glob("escape*"), *folder.rglob("escape*")]


def nested_parquet() -> bytes:
    return parquet_of({"date": [["2020"]], "open": [{"a": 1}], "high": [b"\xff"], "low": [None], "close": [[]]})


def bomb() -> bytes:
    """Eleven million rows in a few thousand bytes."""
    return parquet_of({"date": np.zeros(11_000_000, np.int8)})


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "own.csv is empty"),
        (b"\n \n", "own.csv is empty"),
        (b"symbol,date,open,high,low,close\n", "own.csv has a header and no rows"),
        (b"symbol,date,open,high,low,close\nA\0B,2020-01-02,1,1,1,1\n", "own.csv is a binary file"),
        (b"\xff\xfe\x00bad", "own.csv is not UTF-8 text"),
        (b"PAR1" + b"\x00" * 50, "own.csv is a damaged Parquet file"),
        (b"PAR1" + b"\x00" * 50 + b"PAR1", "own.csv is a damaged Parquet file"),
        (b"\x1f\x8b\x08garbage", "own.csv is a damaged gzip file"),
        (b"a,b\n1,2\n", "own.csv has no column"),
        (b"[1]", "own.csv is one JSON array"),
        (b"{}\n{}\n", "own.csv has no column"),
        (b'"' * 1001, "own.csv is not a CSV file"),
        (nested_parquet(), "Row 1 of own.csv"),
        (parquet_of({"date": pa.array([], pa.string())}), "own.csv has no rows"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(quiet: TestClient, content: bytes, detail: str) -> None:
    answer = send(quiet, content, kind="prices", symbol="OWN")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(detail)
    assert "upload" not in answer.text


@pytest.mark.slow
def test_what_unpacks_to_very_much_is_refused_before(quiet: TestClient) -> None:
    """250 MB of zeros are 250 kB of gzip; eleven million rows of Parquet are less."""
    for content, detail in ((gzip.compress(bytes(1 << 20)) * 250, "larger than 200 MB"), (bomb(), "more than")):
        assert len(content) < 1_000_000
        answer = send(quiet, content, kind="prices", symbol="OWN")
        assert answer.status_code == 422
        assert detail in answer.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({}, "kind"),
        ({"kind": "bars"}, "kind"),
        ({"kind": "prices", "channel": "reddit"}, "channel says nothing about prices."),
        ({"kind": "news", "channel": "reddit"}, "channel says nothing about news."),
        ({"kind": "posts", "bar_stamp": "end"}, "bar_stamp says nothing about posts."),
        ({"kind": "posts", "channel": "redit"}, 'There is no channel "redit".'),
        ({"kind": "prices", "bar_stamp": "middle"}, "bar_stamp"),
        ({"kind": "prices", "symbol": "not a ticker!"}, "is no ticker"),
        ({"kind": "prices", "owner": "bob"}, "owner"),
        ({"kind": "prices", "symbol": "S" * 20_000}, "A field of the form is too long."),
        ({f"f{n}": "1" for n in range(30)}, "twice, or too much"),
    ],
)
def test_what_is_said_beside_a_file_is_checked(quiet: TestClient, fields: dict[str, str], detail: str) -> None:
    answer = send(quiet, PRICES, **fields)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert detail in answer.json()["detail"]
    assert quiet.get("data/status").json()["bars"] == []


BOUNDARY = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nprices\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + PRICES.encode()


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", PART, 415),
        ("text/csv", PRICES.encode(), 415),
        (BOUNDARY, b"", 422),
        (BOUNDARY, PART + FILE, 422),
        (BOUNDARY, PART + FILE[:80], 422),
        (BOUNDARY, PART + b"--b--\r\n", 422),
        (BOUNDARY, PART + FILE + b"\r\n" + FILE + b"\r\n--b--\r\n", 422),
        (BOUNDARY, PART + PART + FILE + b"\r\n--b--\r\n", 422),
        (BOUNDARY, b"garbage" * 100, 422),
        (BOUNDARY, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", 422),
        (BOUNDARY, b"--b\r\n" + b"X: y\r\n" * 100 + b"\r\nx\r\n--b--\r\n", 422),
        (f"multipart/form-data; boundary={'b' * 5000}", PART, 422),
        (BOUNDARY, PART + FILE + b"\r\n--b--\r\n", 200),
    ],
)
def test_a_form_that_is_none_is_refused(quiet: TestClient, kind: str, body: bytes, status: int) -> None:
    assert quiet.post("data/import", content=body, headers={"Content-Type": kind}).status_code == status


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(st.one_of(st.text(max_size=8), st.integers().map(str), st.floats().map(str)), max_size=7), max_size=6
    ),
    kind=st.sampled_from(["prices", "posts", "news"]),
)
def test_no_content_is_a_fault_of_ours(quiet: TestClient, rows: list[list[str]], kind: str) -> None:
    header = (
        "symbol,date,open,high,low,close,text" if kind == "prices" else "ticker,created_at,text,user,score,id,title"
    )
    content = "\n".join([header, *(",".join(row) for row in rows)])
    assert send(quiet, content.encode("utf-8", "replace"), kind=kind).status_code in (200, 422)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_body_is_a_fault_of_ours(quiet: TestClient, body: bytes) -> None:
    answer = quiet.post("data/import", content=b"--b\r\n" + body, headers={"Content-Type": BOUNDARY})
    assert answer.status_code == 422


def test_what_a_killed_process_left_is_cleaned_away(served: Service) -> None:
    """A file that somebody reads is locked; one that nobody does is left over."""
    shared = served.accounts.shared
    uploads = Uploads(served.accounts.settings.data_dir, shared.locks)
    with uploads.file() as read:
        left = Path(read.path).with_name("upload-left")
        left.write_bytes(b"half a file")
        assert uploads.clean() == 1
        assert Path(read.path).exists()
    assert left_behind(served) == []


def test_each_account_imports_for_itself(tmp_path: Path) -> None:
    """Neither sees what the other brought, and neither deletes it, nor what everybody shares."""
    accounts = service(tmp_path).accounts
    (tmp_path / "own.csv").write_text(PRICES)
    ann, bob, owner = (accounts.acting_for(name) for name in ("ann", "bob", "local"))
    for user in (ann, bob):
        user.uploads.import_prices(str(tmp_path / "own.csv"), name="own.csv")
        user.market.bars("AAPL", *DAILY)
    for user in (ann, bob):
        assert [(span.symbol, span.source) for span in user.market.spans()] == [("AAPL", "sample"), ("OWN", "file")]
    deleted = ann.retention.clear(symbol="OWN")
    assert (deleted.bars, deleted.shared) == (2, False)
    assert ann.retention.clear(symbol="AAPL").bars == 0
    assert [span.symbol for span in ann.market.spans()] == ["AAPL"]
    assert [span.symbol for span in bob.market.spans()] == ["AAPL", "OWN"]
    assert bob.market.bars("OWN", *DAILY).bars.close.tolist() == [10.5, 10.75]
    mine = owner.retention.clear(symbol="AAPL")
    assert (mine.bars > 0, mine.shared) == (True, True)
    assert [span.symbol for span in bob.market.spans()] == ["OWN"]
