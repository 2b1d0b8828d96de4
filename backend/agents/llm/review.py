"""Holds the candidates of a reply against the language, the goal and what was tried; keeps those that pass."""

import re
from collections.abc import Callable

from backend.agents.llm.proposals import Proposal, ProposedStrategy
from backend.agents.strategist import MOST_CANDIDATES, Proposed, Refused
from backend.domain.errors import InvalidInput
from backend.domain.quoting import plain_text, shortened
from backend.domain.sessions import Candidate
from backend.domain.spec import StrategySpec
from backend.language import CompiledSpec, LanguageError, compile_spec
from backend.language.canonical import key
from backend.search.context import SearchContext, TrainView
from backend.search.objective import complexity

FREEFORM = "freeform"
"""Family of a strategy that was written afresh and not built from the grammar."""
LONGEST_REASON = 600
LONGEST_WHY = 200

_NUMBER = re.compile(r"(?<![A-Za-z_0-9])-?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")


class Review:
    """The candidates of one proposal, repairs included: what was accepted stays accepted.

    Attributes:
        accepted: by form, in the order in which they passed.
        refused: those of the latest reply that cannot be used.
    """

    def __init__(self, context: SearchContext) -> None:
        self._context = context
        self._tried = {form_of(compile_spec(view.spec)): view.n for view in context.attempts}
        self.accepted: dict[str, Candidate] = {}
        self.refused: tuple[Refused, ...] = ()

    @property
    def outcome(self) -> tuple[Proposed, ...]:
        """What is to be tested, then what was refused."""
        return (*list(self.accepted.values())[:MOST_CANDIDATES], *self.refused)

    def check(self, proposal: Proposal) -> None:
        """Assess a reply.

        Raises:
            InvalidInput: some candidates cannot be used; each is named with its reason.
        """
        if not proposal.candidates:
            raise InvalidInput("The reply has no candidates.", "propose at least one")
        refused, forms = list[Refused](), dict[str, int]()
        for number, written in enumerate(proposal.candidates[:MOST_CANDIDATES], 1):
            try:
                form, candidate = self._assess(written)
                _refuse_repeated(form, forms, "candidate", "in this reply")
            except InvalidInput as error:
                refused.append(Refused(name=written.title, reason=_reason(error)))
            else:
                forms[form] = number
                self.accepted.setdefault(form, candidate)
        self.refused = tuple(refused)
        if refused:
            raise InvalidInput(
                _told(proposal, self.refused), "mend these; the others are accepted and need no repeating"
            )

    def _assess(self, written: ProposedStrategy) -> tuple[str, Candidate]:
        compiled = _without_unused(written.spec())
        for rule in _RULES:
            rule(compiled, self._context)
        form = form_of(compiled)
        _refuse_repeated(form, self._tried, "attempt", "of this session")
        parent = self._parent(written.changes_attempt)
        why = plain_text(written.why, LONGEST_WHY) or "no reason was given"
        return form, Candidate(
            spec=compiled.spec,
            family=parent.family if parent else FREEFORM,
            parent=parent.n if parent else None,
            origin=f"attempt {parent.n}: {why}" if parent else why,
            author="llm",
        )

    def _parent(self, n: int | None) -> TrainView | None:
        if n is None:
            return None
        known = {view.n: view for view in self._context.attempts}
        if n not in known:
            listed = ", ".join(map(str, known)) or "none yet"
            raise InvalidInput(f"changes_attempt: there is no attempt {n}.", f"attempts are: {listed}; or write null")
        return known[n]


def form_of(compiled: CompiledSpec) -> str:
    """What stays of a strategy without its numbers and the names in it; two of one form differ in tuning only."""
    lines = [f"{name}: {_NUMBER.sub('#', key(node, compiled.defaults))}" for name, node in compiled.conditions.items()]
    rules = [name for name, value in compiled.spec.risk if value is not None]
    return "\n".join([*lines, f"sizing: {compiled.spec.sizing.kind}", f"risk: {' '.join(rules)}"])


def _without_unused(spec: StrategySpec) -> CompiledSpec:
    """Compiled without the parameters and series that no expression reads: they would only be tuned in vain."""
    compiled = compile_spec(spec)
    if not compiled.unused:
        return compiled
    parameters = tuple(p for p in spec.parameters if p.name not in compiled.unused)
    series = tuple(line for line in spec.series if line.name not in compiled.unused)
    return _without_unused(spec.model_copy(update={"parameters": parameters, "series": series}))


def _refuse_sides(compiled: CompiledSpec, context: SearchContext) -> None:
    allowed = context.goal.direction
    if allowed == "both":
        return
    other = "short" if allowed == "long" else "long"
    for name in (f"{other}_entry", f"{other}_exit"):
        if name in compiled.conditions:
            raise InvalidInput(f"{name}: the goal is {allowed} only.", f"leave {other}_entry and {other}_exit null")


def _refuse_channels(compiled: CompiledSpec, context: SearchContext) -> None:
    known = context.goal.readable_channels
    strange = sorted(compiled.channels - set(known))
    if strange:
        hint = f"channels are: {', '.join(known)}" if known else "this session has no sentiment; use price and volume"
        raise InvalidInput(f'The session has no data of the channel "{strange[0]}".', hint)


def _refuse_other_symbols(compiled: CompiledSpec, context: SearchContext) -> None:
    if compiled.symbols:
        named = ", ".join(sorted(compiled.symbols))
        raise InvalidInput(
            f"This session has bars of {context.goal.symbols[0]} alone, not of {named}.", "write no of()"
        )


def _refuse_long_warmup(compiled: CompiledSpec, context: SearchContext) -> None:
    most = context.longest_warmup
    if most is not None and compiled.warmup > most:
        raise InvalidInput(
            f"The strategy needs {compiled.warmup} bars to warm up; {most} are the most here.", "use shorter windows"
        )


def _refuse_complexity(compiled: CompiledSpec, context: SearchContext) -> None:
    most = context.goal.maximum_complexity
    has = complexity(compiled.spec)
    if most is not None and has > most:
        raise InvalidInput(
            f"The strategy has {has} parts (parameters, series, conditions and what joins them, risk rules)"
            f" and the goal allows {most}.",
            "make it simpler",
        )


_RULES: tuple[Callable[[CompiledSpec, SearchContext], None], ...] = (
    _refuse_sides,
    _refuse_channels,
    _refuse_other_symbols,
    _refuse_long_warmup,
    _refuse_complexity,
)


def _refuse_repeated(form: str, known: dict[str, int], what: str, where: str) -> None:
    if form in known:
        raise InvalidInput(
            f"It has the structure of {what} {known[form]} {where}; its numbers are tuned anyway.",
            "change conditions, exits, sizing or risk rules, not numbers and names",
        )


def _reason(error: InvalidInput) -> str:
    text = str(error) if isinstance(error, LanguageError) else f"{error.message} ({error.hint})"
    return shortened(text, LONGEST_REASON)


def _told(proposal: Proposal, refused: tuple[Refused, ...]) -> str:
    count = min(len(proposal.candidates), MOST_CANDIDATES)
    lines = [f'Candidate "{one.name}": {one.reason}' for one in refused]
    return "\n".join([f"{len(refused)} of {count} candidates cannot be used.", *lines])
