"""Imports of the user's files: prices and posts, row by row checked, with a report of what was taken."""

from backend.services.imports.importing import Imports
from backend.services.imports.report import Imported, ImportReport, Refusal

__all__ = ["ImportReport", "Imported", "Imports", "Refusal"]
