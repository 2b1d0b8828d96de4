"""The built-in strategist: decides which structure to try next, fresh from the grammar or changed from an attempt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import ceil

import numpy as np

from backend.domain.goal import Goal
from backend.domain.sessions import Candidate, Change
from backend.domain.spec import StrategySpec
from backend.search.archive import Elite, archive
from backend.search.blocks import FILTERS, blocks
from backend.search.context import SearchContext
from backend.search.entrants import ENTRANTS, family_chances, handicap, varied
from backend.search.families import FAMILIES, Family
from backend.search.mutations import MUTATIONS, Surroundings
from backend.search.objective import FULL_LENGTH, Objective, complexity, surplus
from backend.search.structure import structure

EXPLORING_SHARE = 0.7
"""Share of a session's attempts that open with fresh families; the rest improves what was found."""
FRESH_CHANCE = 0.25
"""How often a later attempt starts afresh all the same."""
SCORE_SPREAD = 0.5
"""Difference of train score that makes an elite e times as likely to be improved next."""
DRAWS = 60
"""Variants drawn at most for one attempt; those tried before are passed over."""


@dataclass(frozen=True)
class _Idea:
    """A structure that could be tried, before it is known whether it was tried already."""

    spec: StrategySpec
    family: str
    parent: int | None
    origin: str


def propose(context: SearchContext, rng: np.random.Generator) -> Candidate | None:
    """The next strategy of a session and what competes with it; the same context and generator state give the same.

    Fresh families come first, those that the goal's words ask for before others. Then the best train attempts are
    changed as their diagnoses suggest. Beside each, further structures are drawn from the families that are expected
    to score well; train decides among them. A structure (a strategy without its numbers) is chosen once in a session.

    Returns:
        None when every structure of the grammar has been tried.
    """
    families = ranked_families(context, rng)
    seen = {structure(view.spec) for view in context.attempts}
    leading = _leading(_unseen(_ideas(context, families, rng), set(seen)), context.goal)
    if leading is None:
        return None
    seen.add(structure(leading.spec))
    drawn = _unseen(_drawn(context, families, rng), seen)
    most = surplus(leading.spec, context.goal)
    further = islice((idea for idea in drawn if surplus(idea.spec, context.goal) <= most), ENTRANTS - 1)
    return _candidate(leading, context, tuple(_candidate(idea, context) for idea in further))


def _leading(ideas: Iterator[_Idea], goal: Goal) -> _Idea | None:
    """The first that is as simple as the goal asks; the simplest of all where none is."""
    kept: list[_Idea] = []
    for idea in ideas:
        if not surplus(idea.spec, goal):
            return idea
        kept.append(idea)
    return min(kept, key=lambda idea: complexity(idea.spec), default=None)


def _unseen(ideas: Iterable[_Idea], seen: set[str]) -> Iterator[_Idea]:
    """Ideas whose structure is not in ``seen``, where it is put."""
    for idea in ideas:
        if structure(idea.spec) not in seen:
            seen.add(structure(idea.spec))
            yield idea


def _candidate(idea: _Idea, context: SearchContext, alternatives: tuple[Candidate, ...] = ()) -> Candidate:
    return Candidate(
        spec=idea.spec,
        family=idea.family,
        parent=idea.parent,
        origin=idea.origin,
        alternatives=alternatives,
        handicap=handicap(idea.family, context),
    )


def _drawn(context: SearchContext, families: list[Family], rng: np.random.Generator) -> Iterator[_Idea]:
    """First each family as it is, once a session; then variants of the families drawn by what they may score."""
    if not context.attempts:
        yield from (_plain(family, context) for family in families)
    chances = family_chances(families, [_asked_for(family, context) for family in families], context)
    for _ in range(DRAWS):
        family = families[rng.choice(len(families), p=chances)]
        if all(view.family != family.name for view in context.attempts):
            yield _plain(family, context)
        yield _variant(family, context, rng)


def _plain(family: Family, context: SearchContext) -> _Idea:
    spec = family.build(context.goal.direction, context.channel)
    return _Idea(spec, family.name, None, f"fresh {spec.name.lower()}")


def _variant(family: Family, context: SearchContext, rng: np.random.Generator) -> _Idea:
    spec, words = varied(family, context, rng)
    return _Idea(spec, family.name, None, f"fresh {words}")


def ranked_families(context: SearchContext, rng: np.random.Generator) -> list[Family]:
    """The families that the goal allows, those it asks for first, equals in random order."""
    usable = [f for f in FAMILIES.values() if context.channel is not None or not f.reads_sentiment]
    order = rng.permutation(len(usable))
    return sorted((usable[index] for index in order), key=lambda family: -_asked_for(family, context))


def _asked_for(family: Family, context: SearchContext) -> float:
    """Two points for the family's own word, one for a further one, one for reading the sentiment asked for."""
    words = set(context.goal.style)
    own = 2.0 if family.hints[0] in words else 0.0
    further = float(len(words & set(family.hints[1:])))
    sentiment = 1.0 if family.reads_sentiment and context.channel is not None else 0.0
    return own + further + sentiment


def _ideas(context: SearchContext, families: list[Family], rng: np.random.Generator) -> Iterator[_Idea]:
    exploring = context.n <= ceil(context.iterations * EXPLORING_SHARE)
    tried = {view.family for view in context.attempts}
    lacking = any(f.hints[0] in context.goal.style and f.name not in tried for f in families)
    if exploring or lacking or rng.random() < FRESH_CHANCE:
        yield from _fresh(context, families)
    yield from _improved(context, families, rng)
    yield from _fresh(context, families)
    yield from _varied(context, families, rng)


def _fresh(context: SearchContext, families: list[Family]) -> Iterator[_Idea]:
    """Each family once; where sentiment was asked for, a family that reads none is filtered by the mood."""
    tried = {view.family for view in context.attempts}
    for family in families:
        if family.name in tried:
            continue
        spec = family.build(context.goal.direction, context.channel)
        if family.reads_sentiment or context.channel is None:
            yield _Idea(spec, family.name, None, f"fresh {spec.name.lower()}")
        else:
            moody = _with_block(spec, "with the mood", context)
            yield from (_Idea(s, family.name, None, f"fresh {s.name.lower()}") for s in (moody, spec) if s)


def _improved(context: SearchContext, families: list[Family], rng: np.random.Generator) -> Iterator[_Idea]:
    """Changes to elites, better ones more likely first, in the order in which their diagnoses suggest them."""
    elites = list(archive(context.attempts, Objective(context.goal, FULL_LENGTH)).values())
    for elite in _by_lot(elites, rng):
        suggested = elite.view.diagnosis.suggested_changes if elite.view.diagnosis else ()
        further = [Change(kind="refine", place=name, reason="it was not tried yet") for name in blocks(context.channel)]
        for change in (*suggested, *(further[index] for index in rng.permutation(len(further)))):
            yield from _changed(elite, change, context, families)


def _changed(elite: Elite, change: Change, context: SearchContext, families: list[Family]) -> Iterator[_Idea]:
    view = elite.view
    tried = {v.family for v in context.attempts}
    others = tuple(f.name for f in families if f.name not in tried)
    around = Surroundings(context.goal.direction, context.channel, view.observations, others)
    spec = MUTATIONS[change.kind](view.spec, change, around)
    if spec is None:
        return
    switched = change.kind == "switch_family"
    family = others[0] if switched else view.family
    words = change.kind.replace("_", " ") + (f" ({change.place})" if change.place else "")
    yield _Idea(spec, family, None if switched else view.n, f"attempt {view.n}: {words}, because {change.reason}")


def _varied(context: SearchContext, families: list[Family], rng: np.random.Generator) -> Iterator[_Idea]:
    """Families with one, two and three random building blocks, each combination once, until the grammar is used up."""
    names = list(blocks(context.channel))
    combinations = [
        tuple(name for bit, name in enumerate(names) if code >> bit & 1) for code in range(1, 2 ** len(names))
    ]
    for size in range(1, len(names) + 1):
        sized = [(f, c) for f in families for c in combinations if len(c) == size]
        for index in rng.permutation(len(sized)):
            family, chosen = sized[index]
            spec: StrategySpec | None = family.build(context.goal.direction, context.channel)
            for name in chosen:
                spec = _with_block(spec, name, context) if spec else None
            if spec is not None:
                yield _Idea(spec, family.name, None, f"fresh {spec.name.lower()} with {' and '.join(chosen)}")


def _with_block(spec: StrategySpec, name: str, context: SearchContext) -> StrategySpec | None:
    changed = blocks(context.channel)[name](spec)
    if changed is None or name not in FILTERS:
        return changed
    return changed.model_copy(update={"name": f"{spec.name} {name}"[:80]})


def _by_lot(elites: list[Elite], rng: np.random.Generator) -> list[Elite]:
    """A random order in which better elites tend to come first (the Gumbel way of drawing without replacement)."""
    keys = [
        elite.score / SCORE_SPREAD + noise for elite, noise in zip(elites, rng.gumbel(size=len(elites)), strict=True)
    ]
    return [elites[index] for index in np.argsort([-key for key in keys], kind="stable")]
