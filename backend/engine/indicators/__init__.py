"""What the strategy language computes with: one file per idea, arrays of shape (T,) in, arrays of shape (T,) out.

A missing value is NaN; a value that is not finite counts as missing. Every result at bar t depends on bars up to t
alone. To add a function: one file here, one line in ``FUNCTIONS`` of ``backend/language/functions.py``.
"""
