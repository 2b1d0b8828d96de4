"""The names that an expression may use: columns, parameters, and the series defined before it."""

import keyword
from dataclasses import dataclass, field

from backend.domain.spec import Parameter, StrategySpec
from backend.language.columns import COLUMNS
from backend.language.errors import LanguageError, Spot
from backend.language.functions import FUNCTIONS
from backend.language.tree import Node


@dataclass
class Scope:
    """Names in reach, growing by one series at a time.

    Attributes:
        parameters: by name.
        series: by name, those defined so far.
        later: names of series that are not defined yet.
        used: parameters and series that some expression has named.
    """

    parameters: dict[str, Parameter] = field(default_factory=dict)
    series: dict[str, Node] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, spec: StrategySpec) -> "Scope":
        """The scope of a strategy's first expression.

        Raises:
            LanguageError: a name of the strategy means something else already.
        """
        names = [p.name for p in spec.parameters] + [s.name for s in spec.series]
        for name in names:
            _check_free(name)
        return cls({p.name: p for p in spec.parameters}, later=tuple(s.name for s in spec.series))

    def define(self, name: str, node: Node) -> None:
        """Bring the next series into reach."""
        self.series[name] = node
        self.later = self.later[1:]

    def names(self) -> tuple[str, ...]:
        """Everything that may be named now."""
        return (*COLUMNS, *self.parameters, *self.series)


def _check_free(name: str) -> None:
    meaning = "a column" if name in COLUMNS else "a function" if name in FUNCTIONS or name == "of" else ""
    if keyword.iskeyword(name):
        meaning = "a word of the language"
    if meaning:
        raise LanguageError(
            f'the name "{name}" is taken: it is {meaning}', f'choose another, e.g. "my_{name}"', Spot(name)
        )
