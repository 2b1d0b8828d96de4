"""Reads the files a user brings: CSV, JSONL (both also gzipped) and Parquet, told apart by their content."""

import csv
import gzip
import json
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.ports import FileTable

GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
LARGEST_FILE = 1 << 30
"""Bytes after unpacking; a larger one is split by its owner."""

DELIMITERS = (",", ";", "\t")
FORMATS = "bring CSV, JSONL (one object a line) or Parquet; CSV and JSONL may be gzipped"


def read_table(path: str) -> FileTable:
    """Read every row of a file.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is empty, damaged, too large, or in none of the formats.
    """
    file = Path(path)
    content = _content(file)
    if content.startswith(PARQUET):
        return _parquet(file)
    text = _text(file, content)
    if text.lstrip().startswith("["):
        raise InvalidInput(f"{file} is one JSON array.", "write one object a line (JSONL)")
    if text.lstrip().startswith("{"):
        return _json_lines(text)
    return _csv(file, text)


def _content(file: Path) -> bytes:
    if not file.exists():
        raise NotFound(f"There is no file {file}.", "check the path")
    if not file.is_file():
        raise InvalidInput(f"{file} is not a file.", "name one file")
    try:
        content = file.read_bytes()
        if content.startswith(GZIP):
            with gzip.open(file) as unpacked:
                content = unpacked.read(LARGEST_FILE + 1)
    except PermissionError:
        raise InvalidInput(f"{file} may not be read.", "check its permissions") from None
    except (EOFError, OSError, zlib.error):
        raise InvalidInput(f"{file} is a damaged gzip file.", "pack it again") from None
    if len(content) > LARGEST_FILE:
        raise InvalidInput(f"{file} is larger than {LARGEST_FILE >> 20} MB.", "split it into several files")
    if not content.removeprefix(BOM_UTF8).strip():
        raise InvalidInput(f"{file} is empty.", FORMATS)
    return content


def _text(file: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file} is not UTF-8 text (byte {error.start}).", FORMATS) from None
    if "\0" in text:
        raise InvalidInput(f"{file} is a binary file of an unknown format.", FORMATS)
    return text


def _parquet(file: Path) -> FileTable:
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(file)
    except (pyarrow.ArrowException, OSError):
        raise InvalidInput(f"{file} is a damaged Parquet file.", "write it again") from None
    if not table.num_rows:
        raise InvalidInput(f"{file} has no rows.", "name a file that has some")
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    return FileTable(columns, range(1, table.num_rows + 1))


def _json_lines(text: str) -> FileTable:
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    unreadable: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        row = _json_object(line)
        if row is None:
            unreadable.append((number, "not a JSON object"))
        else:
            rows.append(row)
            lines.append(number)
    names = dict.fromkeys(name for row in rows for name in row)
    return FileTable({name: [row.get(name) for row in rows] for name in names}, lines, unreadable)


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _csv(file: Path, text: str) -> FileTable:
    header = text.split("\n", 1)[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(DELIMITERS, key=header.count), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise InvalidInput(f"{file} is not a CSV file: line {reader.line_num}: {error}.", FORMATS) from None
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


def _refuse_doubled(file: Path, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise InvalidInput(f'{file} has two columns named "{name}".', "keep one of them")
        seen.add(name.lower())
