"""``backproof language``: the reference of the strategy language."""

from backend.cli.options import Json
from backend.cli.output import Output


def language(*, json: Json = False) -> None:
    """Show how a strategy file is written: its fields, expressions, columns and functions."""
    from backend.cli.render.language import language_view
    from backend.language.reference import language_reference
    from backend.services.language_document import language_document

    Output(as_json=json).show(language_document(), language_view(language_reference()))
