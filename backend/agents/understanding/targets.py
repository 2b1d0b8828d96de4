"""Targets: "drawdown under 15 %" becomes ``max_drawdown <= 0.15``; what cannot be true is named."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from backend.agents.understanding.lexicon import AFTERTHOUGHTS, FILLERS, LIMITS, NUMBER_WORDS, OPERATORS
from backend.agents.understanding.measures import EACH, EARNING, MEASURE_PHRASES, MEASURES, PERCENT, Measure, Number
from backend.agents.understanding.reading import Reading, words
from backend.domain.errors import InvalidInput
from backend.domain.goal import Operator, Target

PATTERNS = ("MON", "EON", "ONM", "LMN", "NLM", "NAM", "NMA", "MNA")
"""Orders of metric, earning verb, operator, limit, afterthought and number: "at least 30 trades" is ``ONM``."""

MOST_FILLERS = 3
NEGATIONS = words("no not never without avoid avoiding")
OTHER_UNITS = words("bp bps basis pips")
"""After a number they make it something that no target is measured in."""
OPPOSITE: dict[Operator, Operator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True)
class _Clause:
    """A recognised target of the tokens ``first .. stop - 1``; ``measure`` is None if there is no such metric."""

    first: int
    stop: int
    measure: Measure | None
    bounds: tuple[tuple[Operator, Number], ...]

    def targets(self) -> Iterator[Target]:
        """The predicates; an impossible number raises."""
        if self.measure is not None:
            for op, number in self.bounds:
                yield Target(metric=self.measure.metric, op=op, value=self.measure.read(number))


def read_targets(reading: Reading) -> tuple[Target, ...]:
    """Every target of the request, in its order; their tokens are used, those of an inexpressible one refused.

    Raises:
        InvalidInput: a target is impossible or ambiguous, or two contradict each other.
    """
    grammar, targets, position = _Grammar(reading), list[Target](), 0
    while position < len(reading):
        clause = grammar.clause(position)
        if clause is None:
            grammar.refuse_nothing(position)
            position += 1
            continue
        targets += [target for target in clause.targets() if target not in targets]
        mark = reading.use if clause.measure is not None else reading.refuse
        mark(clause.first, clause.stop)
        position = clause.stop
    check_targets(targets)
    return tuple(targets)


class _Grammar:
    """Finds clauses; every reader takes a position and gives a value with the position after it, or None."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._readers: dict[str, Callable[[int], tuple[Any, int] | None]] = {
            "M": lambda i: MEASURE_PHRASES.at(reading, i),
            "E": lambda i: EARNING.at(reading, i),
            "O": lambda i: OPERATORS.at(reading, i),
            "L": lambda i: LIMITS.at(reading, i),
            "A": lambda i: AFTERTHOUGHTS.at(reading, i),
            "N": self._number,
        }

    def clause(self, first: int) -> _Clause | None:
        """The clause that starts at ``first``."""
        found = self._range(first) or self._plain(first)
        return self._counted(self._negated(found)) if found else None

    def refuse_nothing(self, first: int) -> None:
        """Name a figure of zero that only a strategy without trades has: "drawdown 0"."""
        for pattern in ("MN", "NM"):
            matched = self._match(pattern, first)
            if matched and matched[0]["M"].trivial is not None and not matched[0]["N"].text.strip("0."):
                raise _no_room(matched[0]["M"])

    def _plain(self, first: int) -> _Clause | None:
        for pattern in PATTERNS:
            matched = self._match(pattern, first)
            if matched is None or not self._unclaimed(pattern, *matched):
                continue
            parts, stop = matched
            measure = parts.get("M") or parts["E"]
            operator = next(parts[letter] for letter in "OLA" if letter in parts)
            more, stop = self._continued(stop) if pattern == "MON" else ((), stop)
            return _Clause(first, stop, measure, ((operator, parts["N"]), *more))
        return None

    def _match(self, pattern: str, first: int) -> tuple[dict[str, Any], int] | None:
        parts: dict[str, Any] = {}
        position = first
        for letter in pattern:
            found = self._after_fillers(letter, position) if parts else self._readers[letter](position)
            if found is None:
                return None
            parts[letter], position = found
        return parts, position

    def _after_fillers(self, letter: str, position: int) -> tuple[Any, int] | None:
        for _ in range(MOST_FILLERS + 1):
            found = self._readers[letter](position)
            if found is not None or self._word(position) not in FILLERS:
                return found
            position += 1
        return None

    def _unclaimed(self, pattern: str, parts: dict[str, Any], stop: int) -> bool:
        """Whether the number belongs to this clause: in "low drawdown at least 30 trades" it does not."""
        if pattern == "EON":
            return bool(parts["N"].percent) and MEASURE_PHRASES.at(self._reading, stop) is None
        if pattern == "MON":
            following = MEASURE_PHRASES.at(self._reading, stop)
            return following is None or any(self._after_fillers(letter, following[1]) for letter in "ON")
        return not (pattern.endswith("A") and self._number(stop))

    def _continued(self, stop: int) -> tuple[tuple[tuple[Operator, Number], ...], int]:
        """A second bound of the same metric: "above 1 and below 3"."""
        if self._word(stop) in ("and", "but"):
            matched = self._match("ON", stop + 1)
            if matched and MEASURE_PHRASES.at(self._reading, matched[1]) is None:
                return ((matched[0]["O"], matched[0]["N"]),), matched[1]
        return (), stop

    def _range(self, first: int) -> _Clause | None:
        """Metric between two numbers."""
        measure = MEASURE_PHRASES.at(self._reading, first)
        if measure is None or self._word(measure[1]) != "between":
            return None
        low = self._number(measure[1] + 1)
        high = self._number(low[1] + 1) if low and self._word(low[1]) == "and" else None
        if low is None or high is None:
            return None
        least = low[0].in_percent() if high[0].percent else low[0]
        return _Clause(first, high[1], measure[0], ((">=", least), ("<=", high[0])))

    def _negated(self, clause: _Clause) -> _Clause:
        """Turn the bounds round after a negation: "no drawdown above 15 %"."""
        before = clause.first - 1
        while self._word(before) in FILLERS:
            before -= 1
        if self._word(before) not in NEGATIONS or len(clause.bounds) > 1:
            return clause
        bounds = tuple((OPPOSITE[op], number) for op, number in clause.bounds)
        return _Clause(before, clause.stop, clause.measure, bounds)

    def _counted(self, clause: _Clause) -> _Clause:
        """Take in what the number is counted by: a return by years is another metric, by months there is none."""
        found = EACH.at(self._reading, clause.stop)
        if found is None or clause.measure is None:
            return clause
        each, stop = found
        yearly = {"total_return": "cagr", "cagr": "cagr", "volatility": "volatility", "sharpe": "sharpe"}
        names = {"year": yearly, "trade": {"total_return": "average_trade", "average_trade": "average_trade"}}
        name = names.get(each, {}).get(clause.measure.metric)
        return _Clause(clause.first, stop, MEASURES[name] if name else None, clause.bounds)

    def _number(self, position: int) -> tuple[Number, int] | None:
        token, word = self._reading.token(position, "number"), self._word(position)
        if token is None and word not in NUMBER_WORDS:
            return None
        text = token.text if token else f"{NUMBER_WORDS[str(word)]:g}"
        sign = PERCENT.at(self._reading, position + 1)
        stop = sign[1] if sign else position + 1
        if self._word(stop) in OTHER_UNITS:
            return None  # 15 bp are not 15 %: the phrase is named as not understood
        return Number(text, percent=sign is not None), stop + (self._word(stop) == "days")

    def _word(self, position: int) -> str | None:
        return self._reading.tokens[position].word if self._reading.free(position) else None


def check_targets(targets: Sequence[Target]) -> None:
    """Raises InvalidInput where a target is impossible, or two contradict each other."""
    for target in targets:
        measure = MEASURES[target.metric]
        if measure.trivial is not None and target.op in ("<", "<=") and target.value <= measure.trivial:
            raise _no_room(measure)
        if _never(target, measure):
            raise InvalidInput(f"The target {target} is impossible.", f"no {measure.label} lies beyond it")
    for lower, upper in product(targets, targets):
        if lower.metric == upper.metric and lower.op in (">", ">=") and upper.op in ("<", "<="):
            strict = ">" in (lower.op, upper.op) or "<" in (lower.op, upper.op)
            if lower.value > upper.value or (lower.value == upper.value and strict):
                raise InvalidInput(f"The targets {lower} and {upper} contradict each other.", "drop one of them")


def _no_room(measure: Measure) -> InvalidInput:
    return InvalidInput(f"A {measure.label} of 0 leaves no room for any trade.", "allow more than 0")


def _never(target: Target, measure: Measure) -> bool:
    return (target.op == ">" and target.value >= measure.high) or (target.op == "<" and target.value <= measure.low)
