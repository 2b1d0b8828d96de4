"""Kernels cost nothing before their first call and little at every call."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.domain.arrays import Floats
from backend.engine.kernel import fingerprint, kernel

ROOT = Path(__file__).parents[2]
BOOKS = """
from typing import NamedTuple
from backend.engine.kernel import compiled

class {book}(NamedTuple):
    debit: float
    credit: float

def made():
    return {book}(1.0, 2.0)

@compiled()
def total(book):
    return book.debit + book.credit
"""


def plainly_doubled(x: Floats, times: int) -> Floats:
    """Twice, ``times`` times over."""
    result = x.copy()
    for _ in range(times):
        for i in range(result.size):
            result[i] *= 2.0
    return result


doubled = kernel(plainly_doubled)


@kernel
def quotient(a: float, b: float) -> float:
    """``a / b``."""
    return a / b


ROW = np.dtype([("side", "i8"), ("units", "f8")])


def blank_row() -> Any:
    """One row of zeros."""
    return np.zeros(1, ROW)


def loaded_after(statement: str) -> list[str]:
    script = f"import sys; {statement}; print(*(m for m in ('numba', 'pandas', 'scipy') if m in sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_gives_what_the_function_gives() -> None:
    x = np.array([1.0, 2.5])
    np.testing.assert_array_equal(doubled(x, 3), plainly_doubled(x, 3))
    np.testing.assert_array_equal(doubled(x, 0), x)


def test_division_by_zero_does_not_raise() -> None:
    assert quotient(1.0, 0.0) == np.inf
    assert np.isnan(quotient(0.0, 0.0))


def test_importing_the_language_loads_nothing_heavy() -> None:
    assert loaded_after("import backend.language") == []


def test_compiling_a_strategy_loads_nothing_heavy() -> None:
    spec = "from backend.domain.spec import StrategySpec as S; import backend.language as l"
    assert loaded_after(f"{spec}; l.spec_hash(S(name='x', long_entry='close > sma(close, 5)'))") == []


CALLEE = (
    "from backend.engine.kernel import compiled\nFACTOR = {factor}\n"
    "@compiled()\ndef scaled(x):\n    return FACTOR * x\n"
)
CALLER = (
    "from backend.engine.kernel import compiled\nfrom callee import scaled\n"
    "@compiled()\ndef twice_scaled(x):\n    return 2.0 * scaled(x)\nprint(twice_scaled(1.0))\n"
)


@pytest.mark.slow
def test_a_changed_callee_in_another_file_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    caller, callee = tmp_path / "caller.py", tmp_path / "callee.py"
    caller.write_text(CALLER)

    # Python itself would take a file of the same size and second for the one that it compiled to bytecode
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    def result(factor: float) -> str:
        callee.write_text(CALLEE.format(factor=factor))
        run = subprocess.run([sys.executable, caller], capture_output=True, text=True, check=True, env=environment)
        return run.stdout.strip()

    assert result(3.0) == "6.0"
    assert list(tmp_path.rglob("*.nbc"))  # it was cached
    assert result(5.0) == "10.0"


@pytest.mark.slow
def test_a_cache_that_knows_a_type_that_is_gone_is_left_alone(tmp_path: Path) -> None:
    """Whoever upgrades keeps the caches of the version before: pip does not remove what it did not write."""
    source = tmp_path / "books.py"
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    def result(book: str) -> str:
        source.write_text(BOOKS.format(book=book))
        # imported, for in the program itself no type is named by its module
        program = [sys.executable, "-c", "import books; print(books.total(books.made()))"]
        run = subprocess.run(program, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
        return run.stdout.strip()

    assert result("Ledger") == "3.0"
    assert list(tmp_path.rglob("*.nbi"))  # it was cached
    assert result("Journal") == "3.0"


def test_a_fingerprint_tells_constants_and_code_apart() -> None:
    def adds(amount: float) -> Callable[[float], float]:
        return lambda x: x + amount

    assert fingerprint(plainly_doubled) == fingerprint(plainly_doubled)
    assert fingerprint(adds) != fingerprint(plainly_doubled)


def test_a_fingerprint_tells_layouts_of_rows_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(blank_row)
    monkeypatch.setattr(sys.modules[__name__], "ROW", np.dtype([("units", "f8"), ("side", "i8")]))
    assert fingerprint(blank_row) != before


def test_a_callee_must_be_defined_before_its_caller() -> None:
    def uses_what_is_not_there() -> float:
        return not_there_yet(1.0)  # type: ignore[name-defined, no-any-return] # noqa: F821

    with pytest.raises(NameError, match="not_there_yet, which is defined below it"):
        fingerprint(uses_what_is_not_there)
