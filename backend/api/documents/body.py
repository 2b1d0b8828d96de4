"""The base of every body of a request: closed, and as strict as its JSON schema says."""

from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticSerializationError, core_schema, to_json

from backend.domain.record import Record


class Body(Record):
    """What a client sends; a number in quotes is no number here, nor is a yes or no one."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """As JSON, a list may be a tuple and a text a date, and nothing else is taken for something else."""
        usual = handler(source)

        def strict(value: Any, usually: core_schema.ValidatorFunctionWrapHandler) -> Any:
            if isinstance(value, dict):
                source.__pydantic_validator__.validate_json(_text(value), strict=True)
            return usually(value)

        wrapped = core_schema.no_info_wrap_validator_function(strict, usual)
        name = f"{source.__module__}.{source.__qualname__}:{id(source)}"  # under which a description refers to it
        return core_schema.json_or_python_schema(usual, wrapped, ref=name)


def _text(value: dict[str, Any]) -> bytes:
    try:
        return to_json(value)
    except (PydanticSerializationError, UnicodeError):
        raise ValueError("a text in it is not valid Unicode") from None
