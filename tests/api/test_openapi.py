"""The description of the API: stable, complete, and true of the answers that it shows."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.api.reference.openapi import EXAMPLES, TAGS, operations
from tests.api.described import description, validator_of
from tests.api.serving import ADDRESS, Service

GOLDEN = Path(__file__).parents[1] / "golden" / "openapi.json"


def described() -> dict[str, Any]:
    """The description, with its version left out: it changes with every release."""
    found = json.loads(json.dumps(description()))
    del found["info"]["version"]
    return dict(found)


def test_the_description_is_the_one_that_clients_were_written_for() -> None:
    """RENEW_GOLDENS=1 writes it anew; a change of it is a change for every client."""
    text = json.dumps(described(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("RENEW_GOLDENS"):
        GOLDEN.write_text(text)
    assert GOLDEN.read_text() == text


def test_each_operation_has_a_name_of_its_own_a_known_tag_and_words() -> None:
    found = list(operations(description()))
    names = [operation["operationId"] for _, _, operation in found]
    assert len(set(names)) == len(names)
    for path, method, operation in found:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"]), path
        assert set(operation["tags"]) <= TAGS.keys(), path
        assert operation["description"].strip(), (method, path)


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Where an example stands, the schema of its place, and the example; None where there is none."""
    for path, method, operation in operations(description()):
        places = {"body": operation.get("requestBody", {})} | operation["responses"]
        for name, place in places.items():
            content = place.get("content", {}).get("application/json")
            if content is not None:
                yield f"{method} {path} {name}", content["schema"], _example(content)


def _example(content: dict[str, Any]) -> Any:
    if "example" in content:
        return content["example"]
    refers = [content["schema"], *content["schema"].get("anyOf", ())]
    schemas = description()["components"]["schemas"]
    named = [schemas[one["$ref"].rpartition("/")[2]] for one in refers if "$ref" in one]
    shown = [schema.get("example") or next(iter(schema.get("examples", ())), None) for schema in named]
    return next((one for one in shown if one is not None), None)


def test_every_body_and_every_answer_has_an_example_that_fits() -> None:
    shown = list(examples())
    assert [place for place, _, example in shown if example is None] == []
    for place, schema, example in shown:
        faults = [f"{fault.instance_path}: {fault.message}" for fault in validator_of(schema).iter_errors(example)]
        assert not faults, f"{place}: {faults[:3]}"


def test_every_file_of_examples_is_of_an_operation() -> None:
    names = {operation["operationId"] for _, _, operation in operations(description())}
    assert {file.stem for file in EXAMPLES.glob("*.json")} <= names


def test_every_record_is_closed() -> None:
    for name, schema in description()["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema.get("additionalProperties") is False, name


def test_every_refusal_is_a_problem() -> None:
    responses = description()["components"]["responses"]
    for response in responses.values():
        assert list(response["content"]) == ["application/problem+json"]
    for path, method, operation in operations(description()):
        refusals = {status: shown for status, shown in operation["responses"].items() if status >= "400"}
        assert {"429", "500"} <= refusals.keys(), (method, path)
        assert all(shown["$ref"].rpartition("/")[2] in responses for shown in refusals.values()), (method, path)


def test_nothing_of_the_machine_is_in_it(served: Service, tmp_path: Path) -> None:
    answer = served.client().get("openapi.json")
    assert answer.json()["openapi"].startswith("3.1")
    assert "servers" not in answer.json()
    assert str(tmp_path) not in answer.text


def test_the_reference_is_a_page_that_needs_no_network(served: Service) -> None:
    page = served.client().get(f"{ADDRESS}/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert not re.findall(r"(?:src|href)=\"(?!#|/api/v1/openapi\.json)", page.text)
    assert "default-src 'none'; style-src 'sha256-" in page.headers["content-security-policy"]
    for _, _, operation in operations(description()):
        assert f'<article id="{operation["operationId"]}">' in page.text
    for name in description()["components"]["schemas"]:
        assert f'<h3 id="{name}">' in page.text


def test_every_link_of_the_reference_leads_somewhere(served: Service) -> None:
    page = served.client().get(f"{ADDRESS}/docs").text
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert {link for link in re.findall(r'href="#([^"]+)"', page) if link not in targets} == set()


def test_the_root_leads_to_the_reference(served: Service) -> None:
    answer = served.client().get(f"{ADDRESS}/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
def test_no_page_of_a_framework_is_served(served: Service, path: str) -> None:
    assert served.client().get(f"{ADDRESS}{path}").status_code == 404
