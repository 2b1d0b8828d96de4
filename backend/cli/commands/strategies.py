"""``backproof strategies``: the strategies that there are, new ones from files, and checks of files."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.opening import open_application
from backend.cli.options import Json
from backend.cli.output import Output

app = typer.Typer(no_args_is_help=True)

SpecFile = Annotated[Path, typer.Argument(metavar="FILE", help="JSON file that holds the strategy.")]


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List strategies: your own, newest first, then those that come with Backproof."""
    application = open_application()

    from backend.cli.render.strategies import strategies_table
    from backend.services.strategies import strategy_line

    lines = [strategy_line(strategy) for strategy in application.strategies.list(application.owner)]
    Output(as_json=json).show({"strategies": lines}, strategies_table(lines))


@app.command()
def show(
    strategy: Annotated[str, typer.Argument(metavar="ID", help="Id or name of the strategy.")], *, json: Json = False
) -> None:
    """Show a strategy: its expressions, parameters with their bounds, warm-up and the channels it reads."""
    application = open_application()

    from backend.cli.render.strategies import strategy_view
    from backend.services.strategies import strategy_document

    found = application.strategies.load(application.owner, strategy)
    Output(as_json=json).show(strategy_document(found), strategy_view(found))


@app.command()
def add(file: SpecFile, *, json: Json = False) -> None:
    """Keep the strategy of a file under its name, for backtests to come."""
    from backend.cli.spec_files import read_spec

    spec = read_spec(file)
    application = open_application()

    from backend.cli.render.strategies import strategy_view
    from backend.services.strategies import strategy_document

    added = application.strategies.add(application.owner, spec)
    output = Output(as_json=json)
    output.show(strategy_document(added), strategy_view(added))
    if not json:
        output.say(f"\nTest it:  backproof backtest run --strategy {added.strategy_id} --symbols A,B")


@app.command()
def validate(file: SpecFile, *, json: Json = False) -> None:
    """Check a strategy file; shows its canonical form, hash, warm-up, the channels it reads and what nothing reads."""
    from backend.cli.spec_files import read_spec

    spec = read_spec(file)

    from backend.cli.render.strategies import strategy_report
    from backend.services.strategies import validated_document

    document = validated_document(spec)
    Output(as_json=json).show(document, strategy_report(spec, document))
