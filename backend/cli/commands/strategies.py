"""``backproof strategies``: check a strategy file."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.options import Json
from backend.cli.output import Output

app = typer.Typer(no_args_is_help=True)


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON file that holds the strategy.")],
    *,
    json: Json = False,
) -> None:
    """Check a strategy file; shows its canonical form, hash, warm-up, the channels it reads and what nothing reads."""
    from backend.cli.spec_files import read_spec

    spec = read_spec(file)

    from backend.cli.render.strategies import strategy_report
    from backend.language import compile_spec, diff_specs, spec_hash

    compiled = compile_spec(spec)
    found = {
        "canonical": [line.removeprefix("+ ") for line in diff_specs(None, spec)],
        "spec_hash": spec_hash(spec),
        "warmup": compiled.warmup,
        "channels": sorted(compiled.channels),
        "notices": list(compiled.notices),
    }
    document = {"valid": True, "spec": spec.model_dump(mode="json"), **found}
    Output(as_json=json).show(document, strategy_report(spec, found))
