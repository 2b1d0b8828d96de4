"""Every function that a server offers, called by one user for the rows of another."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import Connection

from tests.servers.supabase_lite import SupabaseLite
from tests.servers.waiting import PATIENCE
from tests.stores.supabase.accounts import ANN, BOB
from tests.stores.supabase.catalogue import FUNCTIONS, Row, columns, fill, rows_of

pytestmark = pytest.mark.slow

WHEN = "2030-01-01T00:00:00Z"
DAYS = {"p_start": "2000-01-01", "p_end": "2100-01-01"}
SERIES = {"p_owner": BOB, "p_provider": "file", "p_symbol": BOB, "p_channel": BOB}
LINKED: Row = {"owner": BOB, "session_id": BOB, "document": {}, "created_at": WHEN}
EVENT: Row = {"session_id": BOB, "step": "new", "type": "notice", "data": {}, "at": WHEN}
TRIALS: Row = {"owner": BOB, "session_id": BOB, "step": "new", "count": 1, "sketch": "\\x00"}
POST: Row = {"provider": "file", "symbol": BOB, "channel": BOB, "id": "new", "created_at": WHEN, "date_only": False}
POST |= {"author": "", "text": "", "url": "", "text_key": 1, "author_key": 1}
OPENING: Row = {
    "owner": BOB,
    "id": "new",
    "kind": "session",
    "subject_id": "s",
    "symbol": "A",
    "spec_hash": "",
    "data_hash": "",
}
OPENING |= {"start": "2020-01-01", "end": "2020-01-01", "fingerprint": "\\x00", "opened_at": WHEN}
BAR = {name: [1] for name in ("session", "start", "end", "open", "high", "low", "close", "volume", "adjustment")}
DATASET: Row = {"id": "new", "symbol": "A", "channel": "news", "provider": "file", "timeframe": "1d", "scorer": "s"}
DATASET |= {"start": "2020-01-01", "end": "2020-01-01", "content_hash": "", "metadata": {}, "data": {}}
HISTORY: Row = {"owner": BOB, "symbol": BOB, "channel": BOB, "provider": "file", "scorer": BOB, "session": "2024-01-02"}
HISTORY |= {"cutoff_utc": WHEN, "coverage": "failed", "point_in_time": True}
HISTORY |= dict.fromkeys(("posts", "unique_posts", "authors", "positive", "neutral", "negative"), 9)
RUN: Row = {"owner": BOB, "run_id": "new", "created_at": WHEN, "document": {}, "equity": "\\x00"}
VISIT: Row = {
    "id": "new",
    "owner": BOB,
    "provider": "file",
    "symbol": "NEW",
    "channel": BOB,
    "started_at": WHEN,
    "found": 0,
}
VISIT |= {"complete_from": WHEN, "complete_to": WHEN}

MODEL_CALL: Row = {"owner": BOB, "session_id": BOB, "request_hash": "new", "document": "{}"}
REPLY: Row = {"owner": BOB, "request_hash": "new", "model": "m", "created_at": WHEN, "reply": "{}"}
REPLY |= {"input_tokens": 1, "output_tokens": 1}
STRATEGY: Row = {"owner": BOB, "strategy_id": "new", "name": "new", "spec_hash": "", "created_at": WHEN, "document": {}}

TOKEN: Row = {"owner": BOB, "token_id": "new", "name": "n", "token_hash": "\\x00", "created_at": WHEN}
ANSWER: Row = {"owner": BOB, "key": BOB, "request_hash": "", "created_at": WHEN, "place": "here"}

BATCH: Row = {"owner": BOB, "batch_id": BOB, "status": "running", "created_at": WHEN, "document": {}}
CELL: Row = {"owner": BOB, "batch_id": BOB, "n": 2, "symbol": "A", "status": "done", "document": {}}
BATCH_EVENT: Row = {"owner": BOB, "batch_id": BOB, "step": "new", "type": "cells.done", "data": {}, "at": WHEN}

CALLS: dict[str, dict[str, Any]] = {
    "add_batch": {"p_row": BATCH | {"batch_id": "new"}, "p_cells": [CELL | {"batch_id": "new"}]},
    "batch_cancel_requested": {"p_batch_id": BOB},
    "list_batch_cells": {"p_owner": BOB, "p_batch_id": BOB},
    "list_batch_events": {"p_batch_id": BOB, "p_after": 0, "p_limit": 9},
    "list_batches": {"p_owner": BOB, "p_limit": 9, "p_after": None},
    "load_batch": {"p_owner": BOB, "p_batch_id": BOB},
    "request_batch_cancel": {"p_owner": BOB, "p_batch_id": BOB, "p_wanted": True},
    "save_batch": {"p_row": BATCH, "p_cells": [CELL], "p_event": BATCH_EVENT},
    "save_cell_results": {"p_owner": BOB, "p_batch_id": BOB, "p_runs": [RUN | {"run_id": "newer"}], "p_trades": []}
    | {"p_openings": [OPENING | {"id": "newer"}], "p_cells": [CELL], "p_event": BATCH_EVENT | {"step": "newer"}},
    "add_bot": {
        "p_row": LINKED | {"bot_id": "new", "name": "new"},
        "p_datasets": [BOB],
        "p_snapshots": [],
        "p_pinned": [BOB],
    },
    "add_run": {"p_run": RUN, "p_trades": [], "p_openings": [OPENING]},
    "add_session": {"p_row": LINKED | {"session_id": "new", "status": "running"}},
    "add_token": {"p_row": TOKEN},
    "claim_key": {"p_row": ANSWER},
    "find_answer": {"p_owner": BOB, "p_key": BOB},
    "find_token": {"p_hash": BOB.encode().hex()},
    "forget_answers": {"p_before": "2000-01-01T00:00:00Z"},
    "keep_answer": {"p_row": ANSWER | {"status": 200, "response": {}}},
    "list_tokens": {"p_owner": BOB},
    "load_token": {"p_owner": BOB, "p_token_id": BOB},
    "release_key": {"p_owner": BOB, "p_key": BOB},
    "revoke_token": {"p_owner": BOB, "p_token_id": BOB, "p_at": WHEN},
    "take_over_key": {"p_row": ANSWER, "p_begun": WHEN},
    "add_strategy": {"p_row": STRATEGY},
    "add_trials": {"p_row": TRIALS | {"step": "newer"}},
    "append_event": {"p_row": EVENT},
    "bar_coverage": {"p_owner": BOB},
    "bar_series": {"p_owner": BOB, "p_symbol": BOB, "p_timeframe": BOB},
    "bar_spans": {"p_owner": BOB},
    "cancel_requested": {"p_session_id": BOB},
    "conclude": {"p_row": LINKED | {"status": "done"}, "p_opening": OPENING, "p_openings_seen": 9},
    "delete_bars": {"p_locks": [], "p_owner": BOB, "p_symbol": None, "p_timeframe": None, "p_before": None}
    | {"p_shared": True},
    "delete_bot": {"p_owner": BOB, "p_bot_id": BOB},
    "delete_orphans": {"p_owner": BOB, "p_ids": [BOB], "p_stored_before": WHEN},
    "delete_strategy": {"p_owner": BOB, "p_strategy_id": BOB},
    "find_model_reply": {"p_owner": BOB, "p_request_hash": BOB},
    "dataset_use": {"p_owner": BOB, "p_id": BOB},
    "kept_model_replies": {"p_owner": BOB},
    "list_attempts": {"p_session_id": BOB},
    "list_bots": {"p_owner": BOB},
    "list_collection_runs": {"p_owner": BOB, "p_limit": 9},
    "list_dataset_uses": {"p_owner": BOB, "p_limit": 9, "p_after": None},
    "list_events": {"p_session_id": BOB, "p_after": 0},
    "list_model_calls": {"p_owner": BOB, "p_session_id": BOB},
    "list_looks": {"p_owner": BOB, "p_symbols": "{A}", "p_first": "0001-01-01", "p_last": "9999-12-31"},
    "list_openings": {"p_owner": BOB},
    "list_run_trades": {"p_owner": BOB, "p_run_id": BOB, "p_limit": 9, "p_after": 0},
    "list_runs": {"p_owner": BOB, "p_limit": 9},
    "list_session_datasets": {"p_owner": BOB, "p_session_id": BOB},
    "list_strategies": {"p_owner": BOB},
    "list_trials": {"p_session_id": BOB},
    "load_bot": {"p_owner": BOB, "p_bot_id": BOB},
    "load_dataset": {"p_owner": BOB, "p_id": BOB},
    "load_run_curves": {"p_owner": BOB, "p_run_id": BOB},
    "load_run_document": {"p_owner": BOB, "p_run_id": BOB},
    "load_run": {"p_owner": BOB, "p_run_id": BOB},
    "load_session": {"p_owner": BOB, "p_session_id": BOB},
    "load_snapshot": {"p_owner": BOB, "p_snapshot_id": BOB},
    "orphans": {"p_owner": BOB, "p_stored_before": WHEN},
    "post_spans": {"p_owner": BOB},
    "read_bars": {"p_owner": BOB, "p_symbol": BOB, "p_timeframe": BOB, "p_source": "file"} | DAYS,
    "read_days": SERIES | DAYS | {"p_scorer": BOB},
    "read_posts": SERIES | DAYS,
    "read_scored": SERIES | DAYS | {"p_scorer": BOB},
    "read_series": {"p_owner": BOB, "p_symbol": BOB, "p_channel": BOB, "p_timeframe": BOB, "p_scorer": BOB},
    "request_cancel": {"p_owner": BOB, "p_session_id": BOB, "p_wanted": True},
    "request_owner": {},
    "reserve_model_call": {"p_row": MODEL_CALL | {"n": 2, "status": "reserved"}},
    "save_attempt": {
        "p_attempt": {"session_id": BOB, "n": 2, "attempt_id": "new", "document": {}},
        "p_trials": TRIALS,
    },
    "save_session": {"p_row": LINKED | {"status": "failed"}},
    "session_lines": {"p_owner": BOB, "p_limit": 9},
    "sessions_that_tried": {"p_owner": BOB, "p_spec_hash": BOB},
    "sessions_with_attempts": {"p_owner": BOB},
    "settle_model_call": {"p_row": MODEL_CALL | {"n": 2, "status": "answered"}, "p_reply": REPLY},
    "store_datasets": {"p_owner": BOB, "p_session_id": BOB, "p_rows": [DATASET], "p_known": []},
    "write_bars": {
        "p_lock": "bars 1",
        "p_series": {"symbol": BOB, "timeframe": BOB, "source": "file", "owner": BOB},
        "p_columns": BAR,
        "p_whole": True,
    }
    | DAYS,
    "write_collected": {"p_run": VISIT, "p_posts": [POST]},
    "write_days": {"p_rows": [HISTORY]},
    "write_posts": {"p_owner": BOB, "p_rows": [POST]},
    "write_scores": SERIES | {"p_scorer": "s/1", "p_scores": {BOB: 0.5}},
}
"""Arguments that aim at what Bob has; a function without its line here fails the first test."""

JOB: Row = {"owner": BOB, "job_id": BOB, "kind": BOB, "subject_id": BOB, "status": "queued", "worker": BOB}
JOB |= {"arguments": {}, "created_at": WHEN, "tries": 0, "cancel_requested": False, "progress": ""}

OF_THE_SERVICE: dict[str, dict[str, Any]] = {
    "add_job": {"p_row": JOB | {"job_id": "new", "subject_id": "new"}},
    "cancel_job": {"p_owner": BOB, "p_job_id": BOB, "p_at": WHEN},
    "claim_job": {"p_worker": BOB, "p_now": WHEN, "p_leased_until": WHEN, "p_job_id": None},
    "count_jobs": {},
    "due_jobs": {"p_now": WHEN},
    "job_cancel_requested": {"p_job_id": BOB},
    "list_jobs": {"p_owner": BOB, "p_limit": 9, "p_after": None},
    "load_job": {"p_owner": BOB, "p_job_id": BOB},
    "release_jobs": {"p_worker": BOB, "p_now": WHEN},
    "renew_job": {"p_job_id": BOB, "p_worker": BOB, "p_leased_until": WHEN, "p_progress": ""},
    "running_jobs": {},
    "save_job": {"p_row": JOB},
    "unfinished_job": {"p_owner": BOB, "p_kind": BOB, "p_subject_id": BOB},
}
"""The same for functions that no user may call, not even for what is his own."""


@pytest.fixture
def database(supabase_lite: SupabaseLite) -> Iterator[Connection[Any]]:
    with psycopg.connect(supabase_lite.dsn, autocommit=True) as connection:
        fill(connection, ANN, BOB, "")
        yield connection


def call(lite: SupabaseLite, function: str, arguments: dict[str, Any], token: str = "") -> httpx.Response:
    """What the server answers to the holder of a token, or to somebody with the publishable key alone."""
    sent = {name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in arguments.items()}
    key = token if token == lite.secret_key else lite.publishable_key
    headers = {"apikey": key} | ({"authorization": f"Bearer {token}"} if token else {})
    return httpx.post(f"{lite.url}/rest/v1/rpc/{function}", headers=headers, json=sent, timeout=PATIENCE)


def test_every_function_is_called(database: Connection[Any]) -> None:
    offered = {name for _, schema, name in database.execute(FUNCTIONS) if schema == "public"}
    assert offered == CALLS.keys() | OF_THE_SERVICE.keys()


def test_no_function_shows_or_changes_what_another_has(supabase_lite: SupabaseLite, database: Connection[Any]) -> None:
    before = {table: rows_of(database, table) for table in columns(database)}
    token = supabase_lite.token(ANN)
    for function, arguments in CALLS.items():
        answer = call(supabase_lite, function, arguments, token)
        if answer.is_success:
            assert BOB not in answer.text, function
        else:
            assert answer.json()["code"] in {"PT404", "42501"}, (function, answer.text)
        assert {table: rows_of(database, table) for table in columns(database)} == before, function


def test_its_owner_is_served_by_the_same_calls(supabase_lite: SupabaseLite, database: Connection[Any]) -> None:
    """Or the test above would pass because the calls are wrong."""
    for function in sorted(CALLS, key=lambda name: name.startswith("delete")):
        answer = call(supabase_lite, function, CALLS[function], supabase_lite.token(BOB))
        assert answer.is_success, (function, answer.text)


def test_what_serves_everybody_is_called_by_the_service_alone(
    supabase_lite: SupabaseLite, database: Connection[Any]
) -> None:
    for function, arguments in OF_THE_SERVICE.items():
        refused = call(supabase_lite, function, arguments, supabase_lite.token(BOB))
        assert (refused.status_code, refused.json()["code"]) == (403, "42501"), function
        answer = call(supabase_lite, function, arguments, supabase_lite.secret_key)
        assert answer.is_success, (function, answer.text)


def test_nobody_calls_anything_without_a_token(supabase_lite: SupabaseLite) -> None:
    for function, arguments in (CALLS | OF_THE_SERVICE).items():
        answer = call(supabase_lite, function, arguments)
        assert (answer.status_code, answer.json()["code"]) == (401, "42501"), function


def test_what_has_rights_of_its_own_is_not_offered(supabase_lite: SupabaseLite) -> None:
    pinning = {"p_owner": ANN, "p_bot_id": "b", "p_snapshots": "[]", "p_pinned": "[]"}
    answer = call(supabase_lite, "pin_bars", pinning, supabase_lite.token(ANN))
    assert (answer.status_code, answer.json()["code"]) == (404, "PGRST202")
