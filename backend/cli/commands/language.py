"""``backproof language``: the reference of the strategy language."""

from backend.cli.options import Json
from backend.cli.output import Output


def language(*, json: Json = False) -> None:
    """Show how a strategy file is written: its fields, expressions, columns and functions."""
    from backend.cli.render.language import EXAMPLE, language_view
    from backend.domain.spec import StrategySpec
    from backend.language.reference import language_reference

    reference = language_reference()
    example = EXAMPLE.model_dump(mode="json", exclude_defaults=True)
    schema = StrategySpec.model_json_schema()
    document = reference.model_dump(mode="json") | {"example": example, "spec_schema": schema}
    Output(as_json=json).show(document, language_view(reference))
