"""Reads the files a user brings: CSV, JSONL (both also gzipped) and Parquet, told apart by their content."""

import csv
import gzip
import json
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.ports import FileTable

if TYPE_CHECKING:
    from pyarrow.parquet import FileMetaData

GZIP, PARQUET = b"\x1f\x8b", b"PAR1"


@dataclass(frozen=True)
class Largest:
    """How much of one file is read; a larger one is split by its owner.

    Attributes:
        size: bytes after unpacking.
        cells: rows times columns.
    """

    size: int
    cells: int


OWN_FILE = Largest(size=1 << 30, cells=200_000_000)
UPLOAD = Largest(size=200 << 20, cells=10_000_000)
"""A server has other things to remember: ten million cells take about half a gigabyte for a moment."""

DELIMITERS = (",", ";", "\t")
FORMATS = "bring CSV, JSONL (one object a line) or Parquet; CSV and JSONL may be gzipped"


@dataclass(frozen=True)
class _File:
    """A file, and what it is called in messages."""

    path: Path
    name: str
    largest: Largest

    def __str__(self) -> str:
        return self.name

    def refuse_size(self, size: int) -> None:
        """Raises InvalidInput for too many bytes."""
        if size > self.largest.size:
            raise InvalidInput(f"{self} is larger than {self.largest.size >> 20} MB.", "split it into several files")

    def refuse_cells(self, cells: int) -> None:
        """Raises InvalidInput for too many cells."""
        if cells > self.largest.cells:
            raise InvalidInput(f"{self} has more than {self.largest.cells:,} cells.", "split it into several files")


def read_table(path: str, name: str | None = None, largest: Largest = OWN_FILE) -> FileTable:
    """Read every row of a file.

    Args:
        path: where it lies.
        name: what it is called in errors; its path unless stated.
        largest: how much of it is read.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is empty, damaged, too large, or in none of the formats.
    """
    file = _File(Path(path), name or path, largest)
    content = _content(file)
    if content.startswith(PARQUET):
        return _parquet(file)
    text = _text(file, content)
    del content
    if text.lstrip().startswith("["):
        raise InvalidInput(f"{file} is one JSON array.", "write one object a line (JSONL)")
    if text.lstrip().startswith("{"):
        return _json_lines(file, text)
    return _csv(file, text)


read_upload = partial(read_table, largest=UPLOAD)
"""Reads a file that came over a network."""


def _content(file: _File) -> bytes:
    if not file.path.exists():
        raise NotFound(f"There is no file {file}.", "check the path")
    if not file.path.is_file():
        raise InvalidInput(f"{file} is not a file.", "name one file")
    file.refuse_size(file.path.stat().st_size)
    try:
        content = file.path.read_bytes()
        if content.startswith(GZIP):
            with gzip.open(file.path) as unpacked:
                content = unpacked.read(file.largest.size + 1)
    except PermissionError:
        raise InvalidInput(f"{file} may not be read.", "check its permissions") from None
    except (EOFError, OSError, zlib.error):
        raise InvalidInput(f"{file} is a damaged gzip file.", "pack it again") from None
    file.refuse_size(len(content))
    if not content.removeprefix(BOM_UTF8).strip():
        raise InvalidInput(f"{file} is empty.", FORMATS)
    return content


def _text(file: _File, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file} is not UTF-8 text (byte {error.start}).", FORMATS) from None
    if "\0" in text:
        raise InvalidInput(f"{file} is a binary file of an unknown format.", FORMATS)
    return text


def _parquet(file: _File) -> FileTable:
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file.path) as source:
            _refuse_large(file, source.metadata)
            table = source.read()
        columns = {name: table.column(name).to_pylist() for name in table.column_names}
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError):  # the last two: times that Python has none for
        raise InvalidInput(f"{file} is a damaged Parquet file.", "write it again") from None
    _refuse_doubled(file, table.column_names)
    if not table.num_rows:
        raise InvalidInput(f"{file} has no rows.", "name a file that has some")
    return FileTable(columns, range(1, table.num_rows + 1))


def _refuse_large(file: _File, metadata: "FileMetaData") -> None:
    """Before anything is unpacked: a few bytes may stand for very many."""
    file.refuse_size(sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups)))
    file.refuse_cells(metadata.num_rows * metadata.num_columns)


def _json_lines(file: _File, text: str) -> FileTable:
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    unreadable: list[tuple[int, str]] = []
    cells = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        row = _json_object(line)
        cells += 1 + len(row or ())
        file.refuse_cells(cells)
        if row is None:
            unreadable.append((number, "not a JSON object"))
        else:
            rows.append(row)
            lines.append(number)
    names = dict.fromkeys(name for row in rows for name in row)
    file.refuse_cells(len(names) * len(rows))
    return FileTable({name: [row.get(name) for row in rows] for name in names}, lines, unreadable)


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _csv(file: _File, text: str) -> FileTable:
    header = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)
    if '"' not in text:  # then this is how many there are at least, known before a row is made
        file.refuse_cells(text.count(delimiter) + text.count("\n"))
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    cells = 0
    try:
        for row in reader:
            cells += 1 + len(row)
            file.refuse_cells(cells)
            if row:
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise InvalidInput(f"{file} is not a CSV file: line {reader.line_num}: {error}.", FORMATS) from None
    return _csv_table(file, rows)


def _csv_table(file: _File, rows: list[tuple[int, list[str]]]) -> FileTable:
    names = [name.strip() for name in rows[0][1]]
    _refuse_doubled(file, names)
    if len(rows) == 1:
        raise InvalidInput(f"{file} has a header and no rows.", "name a file that has some")
    whole = [(number, row) for number, row in rows[1:] if len(row) == len(names)]
    reason = f"not {len(names)} columns wide"
    unreadable = [(number, reason) for number, row in rows[1:] if len(row) != len(names)]
    values = zip(*(row for _, row in whole), strict=True) if whole else [[] for _ in names]
    columns = {name: [text.strip() or None for text in column] for name, column in zip(names, values, strict=True)}
    return FileTable(columns, [number for number, _ in whole], unreadable)


def _refuse_doubled(file: _File, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise InvalidInput(f'{file} has two columns named "{name}".', "keep one of them")
        seen.add(name.lower())
