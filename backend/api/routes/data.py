"""Market data and posts: what is stored, fetching ahead, deleting, and imports of one's own files."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError

from backend.api.answers import Answer
from backend.api.deps import Everybody, Gated, Served
from backend.api.documents.data import BarsDeleted, DataStatus, Imported, ImportFields, WarmBody, WarmQueued
from backend.api.hints import over_http
from backend.api.paths import path_of
from backend.api.uploads.files import Uploads
from backend.api.uploads.multipart import Form, read_form
from backend.bootstrap import Application, queued_once
from backend.domain.errors import InvalidInput
from backend.services.imports.report import ImportReport
from backend.services.market_data import OpenPeriod

router = APIRouter(prefix="/data", tags=["data"])

LARGEST_UPLOAD = 200_000_000
"""Bytes of one file."""

FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["kind", "file"],
                "additionalProperties": False,
                "properties": {
                    **ImportFields.model_json_schema()["properties"],
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": "CSV, JSONL or Parquet of at most 200 MB; may be gzipped.",
                    },
                },
            }
        }
    },
}


@router.get("/status", operation_id="show_data_status", response_model=DataStatus)
def show_data_status(application: Served) -> Answer:
    """Show what is stored: prices, posts, datasets, what bots hold, and what waits to be stored."""
    return Answer(application.data_status())


@router.post("/warm", operation_id="warm_prices", status_code=202, response_model=WarmQueued)
def warm_prices(body: WarmBody, application: Served, everybody: Everybody) -> Answer:
    """Fetch prices ahead of time, as a job; a symbol that fails does not stop the others."""
    OpenPeriod(body.start, body.end)
    arguments = body.model_dump(mode="json", include={"symbols", "timeframe", "start", "end"})
    job = queued_once(everybody.jobs, application.owner, "warm", arguments=arguments)
    return Answer({"job_id": job.job_id, "status": job.status}, 202, location=path_of("jobs", job.job_id))


@router.delete("/bars", operation_id="delete_bars", response_model=BarsDeleted)
def delete_bars(
    application: Served,
    symbol: Annotated[str | None, Query(max_length=40, description="Whose prices; all, where a day is stated.")] = None,
    before: Annotated[date | None, Query(description="Only trading sessions before this day.")] = None,
) -> Answer:
    """Delete stored prices of a symbol, or those before a day; bots keep the bars that they were tested on.

    Who is served by somebody else's machine deletes what he imported himself: fetched prices are everybody's.
    """
    if symbol is None and before is None:
        raise InvalidInput("Nothing says which prices to delete.", "name a symbol, or a day: ?before=2010-01-01")
    if symbol is not None and not symbol.strip():
        raise InvalidInput("The symbol is empty.", "name it as in ?symbol=AAPL")
    named = symbol.strip().upper() if symbol else None
    bots = application.inventory.pinned(application.owner, named)
    deleted = application.retention.clear(symbol=named, before=before)
    return Answer(deleted.model_dump(mode="json") | {"kept_by_bots": [bot.bot_id for bot in bots]})


@router.post("/import", operation_id="import_file", response_model=Imported, openapi_extra={"requestBody": FORM})
async def import_file(request: Request, application: Served, gates: Gated) -> Answer:
    """Import prices, posts or news from a file of one's own, which nobody else is served.

    Rows are checked one by one, and the answer says what was taken, what was refused, and why. A symbol with a bad
    price is refused as a whole. The file is read from a copy that is gone when the answer is there.
    """
    uploads = Uploads(application.settings.data_dir, application.locks)
    with uploads.file() as upload:
        form = await read_form(request, upload.out, LARGEST_UPLOAD)
        upload.out.flush()
        stated = _stated(form)
        report = await gates.imports.run(lambda: _imported(application, upload.path, form, stated))
    return Answer(_document(report))


def _stated(form: Form) -> ImportFields:
    """What is said beside the file, checked. Raises InvalidInput."""
    given: dict[str, Any] = {name: text.strip() for name, text in form.fields.items() if text.strip()}
    try:
        stated = ImportFields.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])[:100]
        message = f"{place}: {first['msg']}." if place else f"{first['msg']}."
        raise InvalidInput(message, f"fields are {', '.join(ImportFields.model_fields)}, beside the file") from None
    prices = stated.kind == "prices"
    of_others = ("channel",) if prices else ("bar_stamp", "accept_jumps", *(("channel",) * (stated.kind == "news")))
    misplaced = [name for name in of_others if name in given]
    if misplaced:
        raise InvalidInput(f"{misplaced[0]} says nothing about {stated.kind}.", "leave it out")
    return stated


def _imported(application: Application, path: str, form: Form, stated: ImportFields) -> ImportReport:
    imports, name = application.uploads, form.file_name
    if stated.kind == "prices":
        return imports.import_prices(path, stated.symbol, stated.bar_stamp, accept_jumps=stated.accept_jumps, name=name)
    return imports.import_posts(path, "news" if stated.kind == "news" else stated.channel, stated.symbol, name=name)


def _document(report: ImportReport) -> dict[str, Any]:
    refused = [refusal.model_copy(update={"reason": over_http(refusal.reason)}) for refusal in report.refused]
    told = report.model_copy(update={"refused": tuple(refused)})
    return told.model_dump(mode="json") | {"rows_refused": report.rows_refused}
