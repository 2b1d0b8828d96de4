"""A client of the HTTP API in Python: ``Backproof("http://127.0.0.1:8000")``."""

from backend.client.backproof import Backproof
from backend.client.connection import Patience
from backend.client.problems import Problem

__all__ = ["Backproof", "Patience", "Problem"]
