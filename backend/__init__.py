"""Backproof: iterates trading strategies and says honestly whether one is proven."""

__version__ = "0.1.0"
