"""Parameters that a route does not have are refused, not passed over."""

import pytest
from starlette.testclient import TestClient


@pytest.mark.parametrize(
    ("method", "path", "said", "hint"),
    [
        ("DELETE", "data/bars?symbol=AAPL&befor=2010-01-01", "befor is no parameter", 'did you mean "before"?'),
        ("GET", "sessions?limt=3", "limt is no parameter", 'did you mean "limit"?'),
        ("GET", "sessions?page=3", "page is no parameter", "there are cursor, limit, status"),
        ("GET", "sessions/ses_1?full=yes", "full is no parameter", "there are none here"),
    ],
)
def test_a_parameter_that_a_route_does_not_have_is_refused(
    client: TestClient, method: str, path: str, said: str, hint: str
) -> None:
    answer = client.request(method, path)
    told = answer.json()
    assert (answer.status_code, told["detail"]) == (422, f"{said} that is known here.")
    assert hint in told["hint"]


def test_parameters_that_a_route_has_are_read(client: TestClient) -> None:
    assert client.get("sessions?limit=1&status=done").json() == {"sessions": [], "unreadable": [], "next": None}
    assert client.get("strategies?limit=1").status_code == 200
