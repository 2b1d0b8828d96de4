"""The prompts of the roles: a page each, of which the first part never changes and the second has blanks to fill."""

from backend.agents.prompts.pages import Page, filled, page
from backend.agents.prompts.quoting import as_data, plain_text

__all__ = ["Page", "as_data", "filled", "page", "plain_text"]
