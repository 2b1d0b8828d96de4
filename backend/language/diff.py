"""Hash of a strategy, and the difference between two as lines a person can read."""

from dataclasses import dataclass

from backend.domain.spec import CONDITION_FIELDS, StrategySpec
from backend.language import canonical
from backend.language.compiled import CompiledSpec, compile_spec
from backend.language.tree import Node


def spec_hash(spec: StrategySpec) -> str:
    """Hash of what the strategy does.

    Series are written out and parameter values put in: names, bounds, spacing, the order of series, ``20`` or ``20.0``,
    ``a > b`` or ``b < a``, the order around ``and``, ``or``, ``+`` and ``*`` do not matter. Sizing, risk and rotation
    do.

    Raises:
        LanguageError: an expression cannot be used.
    """
    compiled = compile_spec(spec)
    rest = {"version": spec.version, "sizing": spec.sizing.model_dump(), "risk": spec.risk.model_dump()}
    if spec.rotation and compiled.ranking:
        rank = canonical.key(compiled.ranking.node, compiled.defaults)
        rest["rotation"] = spec.rotation.model_dump() | {"rank": rank}
    return canonical.hash_of(compiled.conditions, compiled.defaults, rest)


def diff_specs(old: StrategySpec | None, new: StrategySpec) -> tuple[str, ...]:
    """The lines of the canonical form that differ, ``- `` before what went and ``+ `` before what came.

    Args:
        old: None for a fresh start: every line of ``new`` has come.
        new: the strategy as it is now.

    Returns:
        In the order of the spec's fields; empty when both do the same.

    Raises:
        LanguageError: an expression cannot be used.
    """
    before, after = _sections(old) if old else {}, _sections(new)
    lines = []
    for name, section in after.items():
        gone, come = before.get(name, _NOTHING), section
        if gone.key != come.key:
            lines += [f"- {name}: {shown}" for shown in _without(gone, come)]
            lines += [f"+ {name}: {shown}" for shown in _without(come, gone)]
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Section:
    """A field in canonical form: equal keys mean the same, as a whole and line by line."""

    key: str
    lines: tuple[tuple[str, str], ...]
    """Key of a line, and how it is shown."""


_NOTHING = _Section("", ())


def _sections(spec: StrategySpec) -> dict[str, _Section]:
    compiled = compile_spec(spec)
    sections = dict.fromkeys(CONDITION_FIELDS, _NOTHING)
    sections |= {name: _condition(node, compiled.defaults) for name, node in compiled.conditions.items()}
    risk = [f"{name} {canonical.written_number(float(value))}" for name, value in spec.risk if value is not None]
    return sections | {
        "sizing": _plain([f"{spec.sizing.kind} {canonical.written_number(spec.sizing.value)}"]),
        "risk": _plain(risk),
        "rotation": _rotation(compiled),
    }


def _condition(node: Node, values: canonical.Values) -> _Section:
    lines = tuple((canonical.key(part, values), canonical.text(part, values)) for part in canonical.parts(node))
    return _Section(canonical.key(node, values), lines)


def _rotation(compiled: CompiledSpec) -> _Section:
    rotation, ranking = compiled.spec.rotation, compiled.ranking
    if rotation is None or ranking is None:
        return _NOTHING
    rank = canonical.key(ranking.node, compiled.defaults)
    shown = f"rank {canonical.text(ranking.node, compiled.defaults)}"
    rest = ((line, line) for line in (f"top {rotation.top}", f"every {rotation.every}"))
    return _Section(f"{rank}\n{rotation.top}\n{rotation.every}", ((rank, shown), *rest))


def _plain(lines: list[str]) -> _Section:
    return _Section("\n".join(lines), tuple((line, line) for line in lines))


def _without(section: _Section, other: _Section) -> list[str]:
    known = {key for key, _ in other.lines}
    return [shown for key, shown in section.lines if key not in known]
