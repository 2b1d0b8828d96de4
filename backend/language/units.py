"""Units of values, so that an adjusted price is never compared with a fixed number.

Adjusted prices know later splits and dividends: ``close < 5`` asks which stocks will split. What survives adjusting
is a price against a price. Every value carries the powers of price and volume in it; a value without any is a ratio, a
count, or a plain number that was written down.

| operation | rule |
|---|---|
| ``+ -``, comparison, ``min max clip fill cross_*`` | the same unit on both sides; a plain number goes with a ratio or a count; a literal 0 with anything; a ratio does not go with a count |
| ``*`` | powers add: price * ratio = price, price * volume = price*volume, count * number = count |
| ``/`` | powers subtract: price / price = ratio, count / count = ratio, count / number = count, 1 / price = 1/price |
| ``sqrt`` | powers are halved and must be even: ``sqrt(close * close)`` is a price; of a count or number a ratio |
| ``log`` | ratio, count or number only; gives a ratio |
| ``of("SPY", x)`` | price and volume of another symbol: they go with those of that symbol, and with no others |
| ``std lag highest`` and the like | the unit of what they measure |
| ``zscore percentile_rank rsi change roc`` and the like | a ratio |

A plain number may be a literal or a parameter; a parameter whose value is 0 is not a literal 0.
"""  # noqa: E501 - a table

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.errors import InvalidInput


class Flavour(StrEnum):
    """What a value without price and volume in it is."""

    ZERO = "0"
    NUMBER = "number"
    RATIO = "ratio"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Unit:
    """Powers of price and volume; the flavour tells apart values that have neither.

    Attributes:
        elsewhere: symbol, power of its price and power of its volume, for each other symbol of which one is not 0;
            ascending.
    """

    price: int = 0
    volume: int = 0
    flavour: Flavour = Flavour.RATIO
    elsewhere: tuple[tuple[str, int, int], ...] = ()

    @property
    def plain(self) -> bool:
        """Neither price nor volume is in it."""
        return self.price == 0 and self.volume == 0 and not self.elsewhere

    def __str__(self) -> str:
        if self.plain:
            return self.flavour.value
        powers = [("price", self.price), ("volume", self.volume)]
        for symbol, price, volume in self.elsewhere:
            powers += [(f"price[{symbol}]", price), (f"volume[{symbol}]", volume)]
        above = "*".join(_power(name, n) for name, n in powers if n > 0)
        below = "*".join(_power(name, -n) for name, n in powers if n < 0)
        return f"{above or 1}/{below}" if below else above


PRICE = Unit(price=1)
VOLUME = Unit(volume=1)
RATIO = Unit()
COUNT = Unit(flavour=Flavour.COUNT)
NUMBER = Unit(flavour=Flavour.NUMBER)
ZERO = Unit(flavour=Flavour.ZERO)


class UnitMismatch(InvalidInput):
    """Two values whose units do not go together."""


def common(a: Unit, b: Unit) -> Unit:
    """The unit of two values that are added or compared.

    Raises:
        UnitMismatch: they have none in common.
    """
    if Flavour.ZERO in (a.flavour, b.flavour):
        return b if a.flavour is Flavour.ZERO else a
    if a == b:
        return a
    if a.plain and b.plain and Flavour.NUMBER in (a.flavour, b.flavour):
        return b if a.flavour is Flavour.NUMBER else a
    raise UnitMismatch(f"a {a} and a {b} do not go together", _advice(a, b))


def product(a: Unit, b: Unit) -> Unit:
    """The unit of ``a * b``."""
    joined = _joined(a, b, 1)
    if not joined.plain or not (a.plain and b.plain):
        return joined
    return Unit(flavour=_stronger(a.flavour, b.flavour))


def quotient(a: Unit, b: Unit) -> Unit:
    """The unit of ``a / b``."""
    joined = _joined(a, b, -1)
    if not joined.plain or not (a.plain and b.plain):
        return joined
    if b.flavour is Flavour.COUNT:
        return RATIO
    return Unit(flavour=_stronger(a.flavour, b.flavour))


def square_root(a: Unit) -> Unit:
    """The unit of ``sqrt(a)``.

    Raises:
        UnitMismatch: a power is odd.
    """
    if any(power % 2 for power in (a.price, a.volume, *(power for _, *powers in a.elsewhere for power in powers))):
        raise UnitMismatch(f"the square root of a {a} has no meaning", "take the root of a ratio or of a square")
    halves = tuple((symbol, price // 2, volume // 2) for symbol, price, volume in a.elsewhere)
    return Unit(a.price // 2, a.volume // 2, elsewhere=halves)


def logarithm(a: Unit) -> Unit:
    """The unit of ``log(a)``.

    Raises:
        UnitMismatch: ``a`` carries a price or a volume.
    """
    if not a.plain:
        raise UnitMismatch(f"the logarithm of a {a} has no meaning", "take it of a ratio: log(close / lag(close, 1))")
    return RATIO


def elsewhere(a: Unit, symbol: str) -> Unit:
    """The unit of what has the unit ``a`` among values of ``symbol``, seen from another symbol."""
    if a.price == 0 and a.volume == 0:
        return a
    return Unit(elsewhere=((symbol, a.price, a.volume),))


def _joined(a: Unit, b: Unit, sign: int) -> Unit:
    """Powers of ``a`` and those of ``b`` added, or taken off with ``sign`` -1."""
    if not a.elsewhere and not b.elsewhere:
        return Unit(a.price + sign * b.price, a.volume + sign * b.volume)
    powers = {symbol: (price, volume) for symbol, price, volume in a.elsewhere}
    for symbol, price, volume in b.elsewhere:
        before = powers.get(symbol, (0, 0))
        powers[symbol] = before[0] + sign * price, before[1] + sign * volume
    others = tuple((symbol, *powers[symbol]) for symbol in sorted(powers) if any(powers[symbol]))
    return Unit(a.price + sign * b.price, a.volume + sign * b.volume, elsewhere=others)


def _power(name: str, n: int) -> str:
    return name if n == 1 else f"{name}^{n}"


def _stronger(a: Flavour, b: Flavour) -> Flavour:
    order = (Flavour.ZERO, Flavour.NUMBER, Flavour.RATIO, Flavour.COUNT)
    strongest = max(a, b, key=order.index)
    return Flavour.NUMBER if strongest is Flavour.ZERO else strongest


def _advice(a: Unit, b: Unit) -> str:
    if Flavour.NUMBER in (a.flavour, b.flavour):
        other = b if a.flavour is Flavour.NUMBER else a
        if other == PRICE:
            return (
                "adjusted prices know later splits: compare a price with a price, e.g. close < 0.95 * sma(close, 20), "
                "or a change with a number, e.g. change(close, 20) < -0.05"
            )
        if other == VOLUME:
            return "compare a volume with a volume, e.g. volume > 2 * sma(volume, 20)"
        return f"divide the {other} by another {other}, or compare it with one"
    if a.elsewhere != b.elsewhere:
        return (
            "prices of two symbols are not on one scale: compare changes, e.g. "
            'change(close, 20) > of("SPY", change(close, 20)), or their quotient with its own average'
        )
    if PRICE in (a, b) and RATIO in (a, b):
        return "a ratio scales a price, e.g. close * (1 + change(close, 1)); it cannot be added to or compared with one"
    return "both sides need the same unit; divide each by its own average to get ratios"
