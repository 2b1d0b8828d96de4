"""Reports and downloads of a backtest."""

import csv
import json
from io import StringIO

from starlette.testclient import TestClient

from backend.services.reports.document import full_document
from tests.api.backtests.conftest import SPEC, YEARS, Ran


def test_the_report_is_a_page_of_its_own(ran: Ran) -> None:
    answer = ran.client.get(f"{ran.path}/report")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"] == f'inline; filename="{ran.first["run_id"]}.html"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "Cross" in answer.text


def test_a_table_is_a_file_for_a_spreadsheet(ran: Ran) -> None:
    answer = ran.client.get(f"{ran.path}/report?format=csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="{ran.first["run_id"]}-trades.csv"'
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [row["entry_time"] for row in rows][:1] == [ran.first["trades"][0]["entry_time"].replace("Z", "+00:00")]
    years = ran.client.get(f"{ran.path}/report?format=csv&table=years").text
    assert [line.split(",")[0] for line in years.splitlines()] == ["label", "2008", "2009", "2010", "2011"]


def test_all_data_is_one_document(ran: Ran) -> None:
    answer = ran.client.get(f"{ran.path}/report?format=json")
    application = ran.served.accounts.service
    run = application.runs.load(application.owner, ran.first["run_id"])
    assert answer.json() == json.loads(json.dumps(full_document(run)))
    assert "attachment" in answer.headers["content-disposition"]


def test_a_name_that_is_markup_stays_text(client: TestClient) -> None:
    named = SPEC | {"name": '"><script>alert(1)</script>', "rationale": "</style><img src=x onerror=alert(1)>"}
    run = client.post("backtest", json=YEARS | {"spec": named}).json()["run_id"]
    page = client.get(f"backtest/{run}/report").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
