"""Reads a form with one file as it comes: the file goes to disk, and nothing of it stays in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from backend.api.errors import TooLarge, Unsupported
from backend.domain.errors import InvalidInput

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELDS = 20
LONGEST_FIELD = 10_000
LONGEST_NAME = 100
"""Characters of a file's name that are told."""

UNNAMED = "the file"
FIELD_OF_FILE = "file"


@dataclass
class Form:
    """What was sent: texts by name, and the size and the name of the file; the name is only told, never a path."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None
    size: int = 0
    ended: bool = False


async def read_form(request: Request, out: BinaryIO, largest: int) -> Form:
    """The fields of a form whose file was written to ``out``.

    Args:
        request: whose body was not read yet.
        out: where the file goes.
        largest: bytes that it may have.

    Raises:
        Unsupported: the body is no form of several parts.
        TooLarge: the file has more bytes.
        InvalidInput: the form is damaged, breaks off, or has parts that it must not have.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Unsupported("The body is no multipart form.", "send multipart/form-data with a part named file")
    reader = _Reader(out, largest)
    try:
        await reader.take(request.stream(), options[b"boundary"])
    except FormParserError:
        raise InvalidInput("The multipart form is damaged.", "send it again") from None
    except ClientDisconnect:
        raise InvalidInput("The upload broke off.", "send it again") from None
    if not reader.form.ended:
        raise InvalidInput("The multipart form breaks off before its end.", "send all of it")
    if reader.form.file_name is None:
        raise InvalidInput("The form has no file.", f"send it as a part named {FIELD_OF_FILE}, with a file name")
    return reader.form


class _Reader:
    """Is told of the pieces of a form in their order."""

    def __init__(self, out: BinaryIO, largest: int) -> None:
        self.form = Form()
        self._out = out
        self._largest = largest
        self._header, self._value, self._disposition = b"", b"", b""
        self._field: str | None = None
        self._text = bytearray()

    async def take(self, pieces: AsyncIterator[bytes], boundary: bytes) -> None:
        """Read all of a body."""
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._named,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._all,
        }
        parser = MultipartParser(boundary, callbacks)
        async for piece in pieces:
            parser.write(piece)
        parser.finalize()

    def _begin(self) -> None:
        self._disposition, self._field, self._text = b"", None, bytearray()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _named(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name == FIELD_OF_FILE:
            if self.form.file_name is not None:
                raise InvalidInput("The form has two files.", "send one at a time")
            self.form.file_name = told_name(options.get(b"filename", b"").decode("utf-8", "replace"))
            return
        if b"filename" in options or not name:
            raise InvalidInput("The form has a part that is no field of it.", f"name the file {FIELD_OF_FILE}")
        if name in self.form.fields or len(self.form.fields) >= MOST_FIELDS:
            raise InvalidInput("The form says a thing twice, or too much.", "send each field once")
        self._field = name
        self.form.fields[name] = ""

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._field is not None:
            self._text += data[start:end]
            if len(self._text) > LONGEST_FIELD:
                raise InvalidInput("A field of the form is too long.", "only the file may be long")
            return
        self.form.size += end - start
        if self.form.size > self._largest:
            raise TooLarge(f"The file has more than {self._largest >> 20} MB.", "split it into several files")
        self._out.write(memoryview(data)[start:end])

    def _end(self) -> None:
        if self._field is not None:
            self.form.fields[self._field] = self._text.decode("utf-8", "replace")

    def _all(self) -> None:
        self.form.ended = True


def told_name(sent: str) -> str:
    """The name of a file as it is told to people: its last part, without what steers a terminal."""
    last = PureWindowsPath(PurePosixPath(sent).name).name
    printable = "".join(character for character in last if character.isprintable())
    return printable[:LONGEST_NAME].strip() or UNNAMED
