"""Whatever fits the description of the API, or just fails to, is answered as the description says: never a fault."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.api.app import create_app
from backend.api.reference.openapi import describe
from backend.settings import Settings
from tests.api.security.belongings import made_by
from tests.api.security.sockets import listening
from tests.api.serving import service

pytestmark = pytest.mark.slow

CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 4
"""For each operation and each way; more of them is a matter of an afternoon: ``EXAMPLES`` and another seed."""
SEED = 20_261_122
PATIENCE = 20
"""Seconds that an answer may take."""
ENDLESS = ("follow_session_events", "follow_batch_events")
"""Streams, which have tests of their own."""
UNMAKING = ("delete_bot", "revoke_token", "delete_strategy")
"""Operations after which the ids of the others would lead nowhere."""


@cache
def operations() -> dict[str, Any]:
    """Those of the description, by their id."""
    document = json.loads(json.dumps(describe(create_app(Settings(data_dir=Path("unused"))))))
    described: Any = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in described.get_all_operations()]
    named = {operation.definition.raw["operationId"]: operation for operation in found}
    return {name: operation for name, operation in named.items() if name not in ENDLESS}


def ways() -> list[tuple[str, GenerationMode]]:
    """Every operation as it should be asked, and as it should not where that can be: any text may be an id."""
    wrong = [name for name, operation in operations().items() if operation.body or operation.query]
    return [
        *((name, GenerationMode.POSITIVE) for name in operations()),
        *((name, GenerationMode.NEGATIVE) for name in wrong),
    ]


@dataclass(frozen=True)
class Asked:
    """A server with an account that has something of everything.

    Attributes:
        has: ids by their name in paths.
    """

    url: str
    token: str
    has: dict[str, str]

    def answer(self, case: Any, *, known: bool, signed_in: bool = True) -> Any:
        """What is answered to a generated request; with known ids in its path where it is wanted."""
        if known and case.path_parameters:
            case.path_parameters.update({name: id for name, id in self.has.items() if name in case.path_parameters})
        for name in ("prefer", "Authorization"):  # the one would wait for workers, the other sign in otherwise
            case.headers.pop(name, None)
        headers = {"Authorization": f"Bearer {self.token}"} if signed_in else {}
        return case.call(base_url=self.url, headers=headers, timeout=PATIENCE)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    often = 1_000_000
    served = service(tmp_path_factory.mktemp("fuzzed"), auth="tokens", rate_reads=often, rate_writes=often)
    token, _ = served.accounts.service.tokens.create("ann", "script")
    has = made_by(served, served.client(token))
    with listening(served.app) as port:
        yield Asked(f"http://127.0.0.1:{port}", token, has)


@pytest.mark.parametrize(("name", "mode"), ways(), ids=lambda each: getattr(each, "value", each))
def test_an_operation_keeps_to_its_description(asked: Asked, name: str, mode: GenerationMode) -> None:
    operation = operations()[name]

    @seed(SEED)
    @settings(max_examples=EXAMPLES, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode), st.booleans())
    def conforms(case: Any, known: bool) -> None:
        try:
            answer = asked.answer(case, known=known and name not in UNMAKING)
        except (requests.exceptions.InvalidHeader, UnicodeError):
            return  # it cannot be written down in HTTP
        case.validate_response(answer, checks=CHECKS)

    conforms()
    assert requests.get(f"{asked.url}/healthz", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("name", [name for name in operations() if name not in ("health", "readiness")])
def test_without_signing_in_everything_is_refused_alike(asked: Asked, name: str) -> None:
    @seed(SEED)
    @settings(max_examples=1, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(operations()[name].as_strategy())
    def refused(case: Any) -> None:
        answer = asked.answer(case, known=True, signed_in=False)
        assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")

    refused()
