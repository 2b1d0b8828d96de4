"""Columns of the table that the kernels of a sweep fill, a row for each combination."""

FINAL, MEAN, SQUARES, CUBES, FOURTHS, DEPTH, TRADES = range(7)
"""Final equity; mean of the bar returns, and sums of powers of their distances from it; drawdown; closed trades."""
MEASURED = 7
