"""The base of every record that crosses a border: frozen, unknown fields refused."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value; equality is by content, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


def refuse_control_characters(text: str) -> str:
    """The text as it is; line breaks and tabs may stay, a character that steers a terminal may not.

    Raises:
        ValueError: naming the character.
    """
    for character in text:
        code = ord(character)
        if (code < 0x20 or 0x7F <= code < 0xA0) and character not in "\t\n\r":
            raise ValueError(f"the control character U+{code:04X} is in the text; leave it out")
    return text


Text = Annotated[str, AfterValidator(refuse_control_characters)]
"""What somebody wrote, to be shown to people."""
