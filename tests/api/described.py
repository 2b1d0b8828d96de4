"""Holds every answer against the description of the API: its status, its media type and its schema."""

from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs

from backend.api.app import create_app
from backend.api.reference.openapi import describe
from backend.settings import Settings

JSON = ("application/json", "application/problem+json")
OF_EVERY_PATH = (304, 405)
"""Statuses that the description does not repeat for each operation."""


@cache
def description() -> dict[str, Any]:
    """The description of the API; it is the same for all settings."""
    return describe(create_app(Settings(data_dir=Path("unused"))))


def refuse_undescribed(answer: httpx2.Response) -> None:
    """What a client calls with every answer; it fails for one that the description does not promise."""
    path, method = _path_of(answer), answer.request.method.lower()
    if path is None or answer.status_code in OF_EVERY_PATH:
        return
    status, where = str(answer.status_code), f"{method.upper()} {path}"
    promised = description()["paths"][path][method]["responses"]
    assert status in promised, f"{where} does not promise {status}: {answer.read()!r}"
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if media_type in JSON:
        answer.read()
        found = _validator(path, method, status, media_type).iter_errors(answer.json())
        faults = [f"{fault.instance_path}: {fault.message}" for fault in found]
        assert not faults, f"{where} answers {status} with what its schema refuses: {faults[:3]}"


@cache
def _validator(path: str, method: str, status: str, media_type: str) -> Any:
    response = description()["paths"][path][method]["responses"][status]
    if "$ref" in response:
        response = description()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return validator_of(response["content"][media_type]["schema"])


def validator_of(schema: dict[str, Any]) -> Any:
    """Checks values against a schema that refers to records of the description."""
    return jsonschema_rs.validator_for(schema | {"components": description()["components"]})


def _path_of(answer: httpx2.Response) -> str | None:
    """The path of the operation that answered, with its places; None for what is not described."""
    asked, method = answer.request.url.path.split("/"), answer.request.method.lower()
    fitting = [path for path, item in description()["paths"].items() if method in item and _fits(path, asked)]
    return min(fitting, key=lambda path: path.count("{"), default=None)


def _fits(path: str, asked: list[str]) -> bool:
    parts = path.split("/")
    same = all(part == said or part.startswith("{") for part, said in zip(parts, asked, strict=False))
    return len(parts) == len(asked) and same
