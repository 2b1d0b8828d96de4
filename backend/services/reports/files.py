"""Writes a run to files that people can open and pass on."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from backend.domain.errors import InvalidInput
from backend.domain.periods import Periods
from backend.domain.record import Record
from backend.domain.results import BacktestRun
from backend.domain.suggestions import did_you_mean
from backend.services.reports.csv_tables import CSV_TABLES, USUAL, write_table
from backend.services.reports.document import full_document
from backend.services.whole_files import PACKED, is_folder, require_place, whole_file

Format = Literal["html", "csv", "json"]
Writer = Callable[[BacktestRun, BinaryIO], None]


MEDIA_TYPES: dict[Format, str] = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}

UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
"""Characters that a name of a file may not have everywhere."""


class WrittenFile(Record):
    """One file; ``bytes`` is its size."""

    file: str
    bytes: int


@dataclass(frozen=True)
class Wanted:
    """What to write of a run, and where.

    Attributes:
        format: an HTML report, tables as CSV, or one JSON document.
        file: where; None for a file named after the run in the working folder.
        table: the one table wanted as CSV; None for trades, equity and months, whose names go before the ending.
        overwrite: whether files that are there may be replaced.
    """

    format: Format
    file: Path | None = None
    table: str | None = None
    overwrite: bool = False


def known_format(name: str) -> Format:
    """The format of that name. Raises InvalidInput naming those that there are."""
    for known in get_args(Format):
        if known == name:
            found: Format = known
            return found
    raise InvalidInput(f"{name} is not a format.", f"say one of {', '.join(get_args(Format))}")


@dataclass(frozen=True)
class Rendered:
    """A file that is handed over instead of being written.

    Attributes:
        name: safe on any system: named after the run.
        media_type: of its content.
    """

    name: str
    media_type: str
    content: bytes


def render_run(run: BacktestRun, wanted: Wanted, periods: Periods | None = None) -> Rendered:
    """One file of a run; of tables the one that is wanted, the first of the usual ones unless it is stated.

    Args:
        run: with its curves.
        wanted: what to write; its place does not matter.
        periods: of the session that the strategy is from, to be shaded in the report.

    Raises:
        InvalidInput: there is no such table, or the run has no equity for a report.
    """
    file = Path(f"{UNSAFE.sub('_', run.run_id)}.{wanted.format}")
    [(place, write), *_] = _writers(run, replace(wanted, file=file), periods).items()
    name = f"{file.stem}-{wanted.table}{file.suffix}" if wanted.table else place.name
    content = BytesIO()
    write(run, content)
    return Rendered(name, MEDIA_TYPES[wanted.format], content.getvalue())


def write_run(run: BacktestRun, wanted: Wanted, periods: Periods | None = None) -> tuple[WrittenFile, ...]:
    """Write all files, or none where one of them cannot go.

    Args:
        run: with its curves.
        wanted: what to write, and where.
        periods: of the session that the strategy is from, to be shaded in the report.

    Raises:
        InvalidInput: there is no such table, or a file cannot go there.
        Conflict: a file is there and may not be replaced.
        Unavailable: the disk or the folder refuses.
    """
    if wanted.file is not None:
        _refuse_misleading(wanted.file)
    writers = _writers(run, wanted, periods)
    for file in writers:
        require_place(file, overwrite=wanted.overwrite)
    return tuple(_write(run, file, write) for file, write in writers.items())


def _refuse_misleading(file: Path) -> None:
    """A name that promises a packed file, or that of a folder, to which the tables would only be neighbours."""
    if file.suffix.lstrip(".").lower() in PACKED:
        hint = f"name it {file.stem}, and compress it afterwards"
        raise InvalidInput(f"{file} would be a compressed file, and an export writes none.", hint)
    if is_folder(file):
        raise InvalidInput(
            f"{file} is no place for a file.", f"it is a folder: name a file in it, as {file / 'run.csv'}"
        )


def _writers(run: BacktestRun, wanted: Wanted, periods: Periods | None) -> dict[Path, Writer]:
    file = wanted.file or Path(f"{run.run_id}.{wanted.format}")
    if wanted.format != "csv":
        if wanted.table is not None:
            raise InvalidInput(f"{wanted.format} is written whole.", "name no table, or ask for CSV: `--format csv`")
        return {file: _page_writer(periods) if wanted.format == "html" else _write_document}
    if wanted.table is None:
        return {file.with_name(f"{file.stem}-{table}{file.suffix}"): _table_writer(table) for table in USUAL}
    if wanted.table not in CSV_TABLES:
        hint = did_you_mean(wanted.table, CSV_TABLES) or f"tables are {', '.join(CSV_TABLES)}"
        raise InvalidInput(f'There is no table "{wanted.table}".', hint)
    return {file: _table_writer(wanted.table)}


def _write(run: BacktestRun, file: Path, write: Writer) -> WrittenFile:
    with whole_file(file) as out:
        write(run, out)
        size = out.tell()
    return WrittenFile(file=str(file), bytes=size)


def _table_writer(table: str) -> Writer:
    return lambda run, out: write_table(run, table, out)


def _write_document(run: BacktestRun, out: BinaryIO) -> None:
    out.write(json.dumps(full_document(run), indent=2, allow_nan=False).encode() + b"\n")


def _page_writer(periods: Periods | None) -> Writer:
    from backend.services.reports.page import report_page

    cut = (
        (("train", periods.train), ("validation", periods.validation), ("hold-out", periods.holdout)) if periods else ()
    )
    return lambda run, out: _write_text(report_page(run, cut), out)


def _write_text(text: str, out: BinaryIO) -> None:
    out.write(text.encode())
