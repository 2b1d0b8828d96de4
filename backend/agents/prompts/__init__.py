"""The prompts of the roles: a page each, of which the first part never changes and the second has blanks to fill."""

from backend.agents.prompts.pages import Page, filled, page

__all__ = ["Page", "filled", "page"]
