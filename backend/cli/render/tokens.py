"""Tokens of scripts: one that was just made, all as a list."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import MISSING, moment
from backend.cli.render.tables import facts, nothing_yet, table
from backend.domain.accounts import ApiToken


def new_token_view(token: ApiToken, text: str) -> RenderableType:
    """The text of a new token, which is shown this once."""
    ends = moment(token.expires_at) if token.expires_at else "never"
    rows = [("id", token.token_id), ("name", token.name), ("ends (UTC)", ends)]
    return Group(Text(text, style="bold", overflow="fold"), facts(rows), Text("It is not shown again.", style="dim"))


def tokens_table(tokens: Sequence[ApiToken], usable: frozenset[str]) -> RenderableType:
    """One row a token."""
    if not tokens:
        return nothing_yet("No tokens yet; make one with `backproof tokens create NAME`.")
    grid = table("token", "name", "made (UTC)", "ends (UTC)", "opens", wrapped=("name",))
    for token in tokens:
        ends = moment(token.expires_at) if token.expires_at else MISSING
        grid.add_row(token.token_id, token.name, moment(token.created_at), ends, _state(token, usable))
    return grid


def _state(token: ApiToken, usable: frozenset[str]) -> str:
    if token.token_id in usable:
        return "yes"
    return "revoked" if token.revoked_at else "ended"
