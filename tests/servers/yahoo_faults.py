"""What can go wrong with an answer of the local Yahoo server: each fault changes one reply."""

from collections.abc import Callable
from typing import Any

from tests.servers.yahoo import Fault, Reply


def status(code: int, retry_after: int | None = None) -> Fault:
    """A refusal by status, e.g. 429 or 500."""

    def fault(reply: Reply) -> None:
        reply.status, reply.text = code, "Too Many Requests" if code == 429 else "oops"
        if retry_after is not None:
            reply.headers["Retry-After"] = str(retry_after)

    return fault


def no_answer(reply: Reply) -> None:
    """Nothing comes until the server is closed."""
    reply.hold = True


def cut_text(reply: Reply) -> None:
    """A complete answer by its length, but the text in it ends in the middle."""
    text = reply.body().decode()
    reply.text = text[: len(text) // 2]


def cut_connection(reply: Reply) -> None:
    """The connection ends in the middle of the answer."""
    reply.sent = 0.5


def down_page(reply: Reply) -> None:
    """A page for people where a chart is expected."""
    reply.text = "<html><body>Will be right back...</body></html>"


def only_rows(first: int | None, stop: int | None) -> Fault:
    """Fewer rows than were asked for."""
    return lambda reply: _each_column(reply, lambda values: values[first:stop])


def row_again(row: int) -> Fault:
    """One row a second time, at the end."""
    return lambda reply: _each_column(reply, lambda values: [*values, values[row]])


def backwards(reply: Reply) -> None:
    """The newest row first."""
    _each_column(reply, lambda values: values[::-1])


def value(column: str, row: int, new: Any) -> Fault:
    """Another value in one place, e.g. null, NaN or Infinity."""

    def fault(reply: Reply) -> None:
        holders = [reply.result, *reply.result["indicators"]["quote"], *reply.result["indicators"].get("adjclose", [])]
        next(holder for holder in holders if column in holder)[column][row] = new

    return fault


def every(*faults: Fault) -> Fault:
    """Several faults in one answer."""

    def fault(reply: Reply) -> None:
        for one in faults:
            one(reply)

    return fault


def _each_column(reply: Reply, change: Callable[[list[Any]], list[Any]]) -> None:
    result = reply.result
    result["timestamp"] = change(result["timestamp"])
    for holder in (*result["indicators"]["quote"], *result["indicators"].get("adjclose", [])):
        for name in holder:
            holder[name] = change(holder[name])
