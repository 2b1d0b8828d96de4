"""The report of a run: one HTML page that needs nothing from outside itself."""

from backend.services.reports.page.report import report_page

__all__ = ["report_page"]
