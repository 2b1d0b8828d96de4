"""Batches: many strategies on many symbols, each cell a backtest like any other."""

from backend.services.batches.batches import Batches

__all__ = ["Batches"]
