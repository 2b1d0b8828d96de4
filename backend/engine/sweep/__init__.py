"""Parameter sweeps: many combinations over the same bars without a Python object for any of them.

What a combination decides is data (``Program``); a compiled interpreter turns it into bits of 64 bars a word, and
compiled kernels turn the bits into one row of numbers.
"""

from backend.engine.sweep.program import Program
from backend.engine.sweep.result import SweepResult
from backend.engine.sweep.sweep import Sweep

__all__ = ["Program", "Sweep", "SweepResult"]
