"""What is true of several symbols is said once."""

from backend.services.shared_notices import shared_notices


def test_notices_that_differ_in_the_symbol_alone_are_joined() -> None:
    told = [(symbol, f"Prices of {symbol} are sample data.") for symbol in ("AAPL", "MSFT", "IBM")]
    assert shared_notices(told) == ("Prices of AAPL, MSFT and IBM are sample data.",)


def test_other_facts_stay_apart_and_in_order() -> None:
    told = [
        ("A", "Prices of A end on 2013-03-01."),
        ("A", "A jumps."),
        ("B", "Prices of B end on 2014-03-01."),
        ("B", "B jumps."),
    ]
    assert shared_notices(told) == tuple(notice for _, notice in told)


def test_a_notice_is_said_once_and_a_part_of_a_longer_symbol_is_none() -> None:
    told = [("BRK", "Posts of BRK.B are late."), ("BRK", "Posts of BRK.B are late."), ("BRK.B", "Posts of BRK.B end.")]
    assert shared_notices(told) == ("Posts of BRK.B are late.", "Posts of BRK.B end.")


def test_a_symbol_that_is_named_twice_in_a_notice_is_left_as_it_is() -> None:
    told = [(symbol, f"Posts of {symbol} are not those of {symbol}.") for symbol in ("AAPL", "IBM")]
    assert shared_notices(told) == tuple(notice for _, notice in told)
