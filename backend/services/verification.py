"""Recomputes a bot's numbers from its pinned bars and dataset versions, without any source."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from pydantic_core import to_jsonable_python

from backend.domain.bars import Bars
from backend.domain.bots import Bot
from backend.domain.errors import InvalidInput, NotFound, Unavailable
from backend.domain.frames import Frame
from backend.domain.hashing import hash_json
from backend.domain.ports import BotStore, DatasetStore
from backend.domain.record import Record
from backend.domain.results import METRIC_NAMES, Metrics
from backend.domain.sentiment import CHANNELS, DatasetLink, SentimentDataset
from backend.domain.verdict import Verdict
from backend.domain.verification import MetricDifference, PeriodName, PinCheck, Verification
from backend.engine.simulation import ENGINE_VERSION
from backend.language import compile_spec, spec_hash
from backend.services.dataset_manager import DatasetManager
from backend.services.evaluation import Decisions
from backend.services.rejudging import Rejudging

RESULTS: dict[PeriodName, str] = {
    "train": "results on train",
    "validation": "results on validation",
    "holdout": "results on hold-out",
}

NOT_WHOLE = "cannot be put together, because a part of it is missing"
NOT_RECOMPUTED = "not recomputed, because a part of the data is missing"

AnyPin = TypeVar("AnyPin", Bars, SentimentDataset)


@dataclass(frozen=True, eq=False)
class _Pin(Generic[AnyPin]):
    """What a bot names; ``content`` is None when it is missing or damaged."""

    check: PinCheck
    content: AnyPin | None


@dataclass(frozen=True, eq=False)
class _Recomputed:
    """Metrics by period, or why there are none."""

    metrics: dict[PeriodName, Metrics]
    trouble: str = ""


class Verifications:
    """Verifies bots; a verification is no new look at a period, so the ledger is not told of it.

    Args:
        pins: give the bot, its pinned bars, and the dataset versions that it links.
        frames: puts bars and datasets together, as for a session.
        rejudging: makes the checks of the verdict again.
        engine_version: of the engine at hand.
    """

    def __init__(
        self,
        pins: tuple[BotStore, DatasetStore],
        frames: DatasetManager,
        rejudging: Rejudging,
        engine_version: str = ENGINE_VERSION,
    ) -> None:
        self._bots, self._datasets = pins
        self._frames = frames
        self._rejudging = rejudging
        self._engine_version = engine_version

    def verify(self, owner: str, bot_id: str) -> Verification:
        """Recompute everything and compare it bit for bit; what is missing or damaged is a check that fails.

        Raises:
            NotFound: the owner has no such bot.
            Unavailable: the store does not answer.
        """
        bot = self._bots.load_bot(owner, bot_id)
        bars, datasets = self._pinned_bars(bot), self._linked_datasets(bot)
        frame = self._frame(bars, datasets)
        recomputed = _recompute(bot, frame)
        checks = (
            _compared("engine version", bot.engine_version, self._engine_version),
            _strategy(bot),
            *(pin.check for pin in bars),
            *(pin.check for pin in datasets),
            _compared("data", bot.data_hash, frame.data_hash if frame else None, "" if frame else NOT_WHOLE),
            *_results(bot, recomputed),
            self._session(bot),
            *self._judged(bot, frame, datasets),
        )
        return Verification(
            bot_id=bot.bot_id,
            name=bot.name,
            outcome="reproduced" if all(check.same for check in checks) else "changed",
            checks=checks,
            differences=tuple(_differences(bot, recomputed)),
        )

    def _pinned_bars(self, bot: Bot) -> list[_Pin[Bars]]:
        """The bars of each symbol, in the order of the symbols."""
        pins = []
        for symbol, snapshot in zip(bot.symbols, bot.bars_snapshots, strict=True):
            load = partial(self._bots.load_snapshot, bot.owner, snapshot)
            pin = self._pin(bot, f"bars of {symbol}", snapshot, load)
            found = symbol if pin.content is None else pin.content.symbol
            pins.append(pin if found == symbol else _disputed(pin, f"they are bars of {found}"))
        return pins

    def _linked_datasets(self, bot: Bot) -> list[_Pin[SentimentDataset]]:
        """The linked versions in the order of a session: pooled channels are summed up in it."""
        pins = []
        for link in sorted(bot.datasets, key=lambda link: CHANNELS.index(link.channel)):
            what = f"{link.channel} dataset {link.id} of {link.symbol}"
            load = partial(self._datasets.load_dataset, bot.owner, link.id)
            pin = self._pin(bot, what, link.content_hash, load)
            details = _other_details(link, pin.content) if pin.content is not None and pin.check.same else ""
            pins.append(_disputed(pin, f"it has another {details}") if details else pin)
        return pins

    def _pin(self, bot: Bot, what: str, content_hash: str, load: Callable[[], AnyPin]) -> _Pin[AnyPin]:
        try:
            content = load()
        except (NotFound, Unavailable) as error:
            self._bots.load_bot(bot.owner, bot.bot_id)  # a store that is away is no damaged pin
            return _Pin(_compared(what, content_hash, None, error.message), None)
        return _Pin(_compared(what, content_hash, content.content_hash), content)

    def _frame(self, bars: Sequence[_Pin[Bars]], datasets: Sequence[_Pin[SentimentDataset]]) -> Frame | None:
        """The frame of the first symbol; None when a part of it is missing."""
        found = [pin.content for pin in datasets if pin.content is not None]
        if len(found) < len(datasets) or not bars or bars[0].content is None:
            return None
        return self._frames.frame(bars[0].content, found)

    def _session(self, bot: Bot) -> PinCheck:
        """What the bot took over from its session as it was."""
        try:
            both = self._rejudging.taken_over(bot)
        except NotFound as error:
            return PinCheck(what="session", stored=bot.session_id, found=None, same=False, note=error.message)
        different = ", ".join(name for name, (kept, there) in both.items() if kept != there)
        note = f"it has another record of the {different}" if different else ""
        stored, found = (hash_json(to_jsonable_python(list(side))) for side in zip(*both.values(), strict=True))
        return _compared("session", stored, found, note)

    def _judged(self, bot: Bot, frame: Frame | None, datasets: Sequence[_Pin[SentimentDataset]]) -> Iterator[PinCheck]:
        """Outcome, checks and reasons, all in one, then what the session shows beside them."""
        stored, what = _hash_of(bot.verdict), "verdict"
        if frame is None:
            yield _compared(what, stored, None, NOT_RECOMPUTED)
            return
        versions = [pin.content for pin in datasets if pin.content is not None]
        try:
            found = self._rejudging.judge(bot, frame, versions)
        except (InvalidInput, NotFound) as error:
            yield _compared(what, stored, None, error.message)
            return
        yield _named(what, stored, _hash_of(found.verdict), ", ".join(_different(bot.verdict, found.verdict)))
        for beside, (kept, again) in {"hold-out report": found.holdout, "null league": found.null_league}.items():
            if kept is not None or again is not None:
                yield _compared(beside, _hash_of(kept), _hash_of(again))


def _disputed(pin: _Pin[AnyPin], why: str) -> _Pin[AnyPin]:
    """The pin as a check that fails: it is there, but not what the bot says about it."""
    return _Pin(pin.check.model_copy(update={"same": False, "note": why}), pin.content)


def _other_details(link: DatasetLink, dataset: SentimentDataset) -> str:
    """The facts about a dataset that the bot states differently."""
    there = DatasetLink.of(dataset)
    return ", ".join(name for name in DatasetLink.model_fields if getattr(link, name) != getattr(there, name))


def _different(stored: Verdict, found: Verdict) -> Iterator[str]:
    """Parts of a verdict that are not the same."""
    if stored.outcome != found.outcome:
        yield "the outcome"
    old, new = ({check.name: check for check in verdict.checks} for verdict in (stored, found))
    yield from (name for name in {**old, **new} if old.get(name) != new.get(name))
    if stored.reasons != found.reasons:
        yield "the reasons"


def _strategy(bot: Bot) -> PinCheck:
    try:
        return _compared("strategy", bot.spec_hash, spec_hash(bot.spec))
    except InvalidInput as error:  # this version refuses what an earlier one took
        return _compared("strategy", bot.spec_hash, None, error.message)


def _recompute(bot: Bot, frame: Frame | None) -> _Recomputed:
    """Every period that the bot has results of, in the way of a session: the loop never saw the hold-out."""
    if frame is None:
        return _Recomputed({}, NOT_RECOMPUTED)
    rows = {name: frame.rows(getattr(bot.periods, name)) for name in RESULTS if getattr(bot.metrics, name)}
    try:
        compiled = compile_spec(bot.spec)
        loop = Decisions.of(compiled, frame.window(0, frame.rows(bot.periods.validation).stop))
        whole = Decisions.of(compiled, frame)
        seen = {name: whole if name == "holdout" else loop for name in rows}
        metrics = {name: seen[name].over(rows[name], bot.execution).metrics for name in rows}
    except InvalidInput as error:
        return _Recomputed({}, f"not recomputed: {error.message}")
    return _Recomputed(metrics)


def _results(bot: Bot, recomputed: _Recomputed) -> Iterator[PinCheck]:
    for name, what in RESULTS.items():
        stored: Metrics | None = getattr(bot.metrics, name)
        if stored is not None:
            found = recomputed.metrics.get(name)
            yield _compared(what, _exact(stored), _exact(found) if found else None, recomputed.trouble)


def _differences(bot: Bot, recomputed: _Recomputed) -> Iterator[MetricDifference]:
    for period, metrics in recomputed.metrics.items():
        kept = getattr(bot.metrics, period)
        for metric in METRIC_NAMES:
            stored, found = getattr(kept, metric), getattr(metrics, metric)
            if repr(stored) != repr(found):
                yield MetricDifference(period=period, metric=metric, stored=stored, found=found)


def _named(what: str, stored: str, found: str, different: str) -> PinCheck:
    return _compared(what, stored, found, different and f"these come out differently: {different}")


def _hash_of(record: Record | None) -> str:
    return hash_json(record.model_dump(mode="json") if record else None)


def _exact(metrics: Metrics) -> str:
    """A hash in which every bit of every metric counts."""
    return hash_json({name: repr(getattr(metrics, name)) for name in METRIC_NAMES})


def _compared(what: str, stored: str, found: str | None, note: str = "") -> PinCheck:
    return PinCheck(what=what, stored=stored, found=found, same=stored == found, note=note)
