"""``backproof settings``: the effective settings, secrets masked."""

from backend.cli.options import Json
from backend.cli.output import Output


def settings(*, json: Json = False) -> None:
    """Show the effective settings and where each comes from; secrets are masked."""
    from backend.cli.render.settings import setting_lines, settings_table
    from backend.settings import load_settings

    lines = setting_lines(load_settings())
    Output(as_json=json).show({"settings": lines}, settings_table(lines))
