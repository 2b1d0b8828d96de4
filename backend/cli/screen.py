"""A console on which nothing but the program itself moves the cursor: names of files and words of others may try to."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from backend.domain.quoting import harmless


class Screen(Console):
    """Shows a mark in place of every character that steers a terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of what is shown; those that steer on purpose stay as they are."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=harmless(segment.text))
