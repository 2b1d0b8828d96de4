"""Draws the reference."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup, escape

from backend.api.reference.problem_statuses import PROBLEMS
from backend.api.reference.types import Part, type_of

CODE = re.compile(r"`+([^`]+)`+")
LONGEST_EXAMPLE = 60
"""Lines; of a longer one the page shows the beginning."""

METHODS = ("get", "post", "delete")


def reference_page(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document."""
    template = _environment().get_template("page.html")
    tags = [(tag, list(_of_tag(document, tag["name"]))) for tag in document.get("tags", ())]
    return template.render(
        info=document["info"],
        tags=[(tag, found) for tag, found in tags if found],
        schemas=document["components"]["schemas"],
        problems=PROBLEMS,
    )


def reference_policy() -> str:
    """A content security policy under which the page has its own style and nothing else."""
    style = _environment().get_template("style.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _of_tag(document: Mapping[str, Any], tag: str) -> Sequence[tuple[str, str, Mapping[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item and tag in item[method].get("tags", ())
    ]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("backend.api.reference"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"prose": _prose, "sentence": _sentence, "typed": _typed, "example": _example}
    return environment


def _prose(text: str) -> Markup:
    """Paragraphs, with what stands between backticks as code."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return Markup("").join(Markup("<p>{}</p>").format(_coded(part)) for part in paragraphs if part)


def _sentence(text: str) -> Markup:
    """One line that begins with a capital letter."""
    line = " ".join(text.split())
    return _coded(line[:1].upper() + line[1:])


def _coded(text: str) -> Markup:
    return Markup(CODE.sub(lambda found: f"<code>{found.group(1)}</code>", str(escape(text))))  # noqa: S704 - escaped


def _typed(schema: Mapping[str, Any]) -> Markup:
    """The type of a value, with links to the records in it."""
    return Markup("").join(_linked(part) for part in type_of(schema))


def _linked(part: Part) -> Markup:
    return Markup('<a href="#{0}">{0}</a>').format(part.text) if part.is_record else escape(part.text)


def _example(value: Any) -> str:
    lines = json.dumps(value, indent=2, ensure_ascii=False).splitlines()
    return "\n".join(lines if len(lines) <= LONGEST_EXAMPLE else [*lines[:LONGEST_EXAMPLE], "…"])
