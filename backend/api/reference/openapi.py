"""The description of the API: what the framework reads off the routes, with problems, examples and keys added."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic_core import to_json

from backend.api.documents.problems import Problem
from backend.api.paths import PREFIX
from backend.api.reference import reference_page, reference_policy
from backend.api.reference.problem_statuses import PROBLEMS, statuses_of
from backend.api.reference.schema_texts import spread_texts

EXAMPLES = Path(__file__).parents[1] / "examples"
"""A file for each operation whose records carry no example of their own: its ``body``, and its answers by status."""

PROBLEM_TYPE = "application/problem+json"
UNSAID = "Successful Response"
"""What the framework says of an answer that its route does not describe."""

ABOUT = """Trading strategies from a request in plain words: iterated on train, chosen on validation, and judged once on
data that nobody has looked at.

Rates, returns and drawdowns are fractions (0.15 is 15 %), a drawdown is positive, times are UTC, and what is
undefined is null. Lists are read in pages: `next` of one page is the `cursor` of the following one. A refusal is a
problem document (RFC 9457) with one sentence and a hint. A POST or DELETE with an `Idempotency-Key` is done once,
however often it is sent. Every document has an `ETag`; a GET that sends it back as `If-None-Match` is answered 304
without a body while the document is the same."""

TAGS = {
    "sessions": "A request with everything that follows from it: attempts, events, verdict.",
    "strategies": "Strategies as data, and the language of their expressions.",
    "backtests": "One strategy over one stretch of time, with trades, equity and report.",
    "batches": "Many strategies over many symbols at once, cell by cell.",
    "bots": "Strategies that were kept with their verdict and links to their data.",
    "data": "What is stored: prices, posts and datasets; imports and cleaning.",
    "jobs": "Work that outlives the request that asked for it.",
    "accounts": "Tokens for scripts, and whose they are.",
    "server": "Health and metrics, for whoever runs the server.",
}
"""In the order of the reference."""

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Of your choosing; the same request under the same key is done once and answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}

Operation = dict[str, Any]


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application with all its routes."""
    document: dict[str, Any] = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _add_problems(document)
    for path, method, operation in operations(document):
        _complete(operation, path, method)
    for schema in schemas.values():
        spread_texts(schema)
    for _, _, operation in operations(document):
        for response in operation["responses"].values():
            _describe(response, schemas)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    """Path, method and description of each."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


@dataclass(frozen=True)
class Description:
    """The description of one application, as it is sent.

    Attributes:
        text: of the OpenAPI document, as JSON.
        page: the reference, as HTML.
        policy: the content security policy of that page.
    """

    text: bytes
    page: str
    policy: str


def described(app: FastAPI) -> Description:
    """The description of an application, made at the first use."""
    if not hasattr(app.state, "description"):
        document = describe(app)
        app.state.description = Description(to_json(document), reference_page(document), reference_policy())
    made: Description = app.state.description
    return made


def _complete(operation: Operation, path: str, method: str) -> None:
    name = operation["operationId"]
    operation["summary"] = name.replace("_", " ").capitalize()
    if "security" in operation:
        operation["security"].append({})  # where nobody signs in
    if method in ("post", "delete") and path.startswith(PREFIX):
        operation.setdefault("parameters", []).append(KEY)
    _refuse(operation, method)
    _exemplify(operation, _examples(name))


def _refuse(operation: Operation, method: str) -> None:
    """Every status with which it may refuse, and none that it never has."""
    responses = operation["responses"]
    responses.pop("422", None)
    for status in statuses_of(operation, method):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{PROBLEMS[status].name}"})
    operation["responses"] = dict(sorted(responses.items()))


def _describe(response: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Say what comes in words of its record, where the route says nothing."""
    if response.get("description") == UNSAID:
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        response["description"] = schemas.get(name, {}).get("description", "Done.").partition("\n\n")[0]


def _add_problems(document: dict[str, Any]) -> None:
    components = document["components"]
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= schema.pop("$defs") | {"Problem": schema}
    components["responses"] = {
        kind.name: {
            "description": kind.description,
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for kind in PROBLEMS.values()
    }
    components["responses"] = dict(sorted(components["responses"].items()))


def _exemplify(operation: Operation, examples: dict[str, Any]) -> None:
    places = {"body": operation.get("requestBody", {})} | operation["responses"]
    for name, example in examples.items():
        places[name]["content"]["application/json"]["example"] = example


@cache
def _examples(operation_id: str) -> dict[str, Any]:
    file = EXAMPLES / f"{operation_id}.json"
    found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return found
