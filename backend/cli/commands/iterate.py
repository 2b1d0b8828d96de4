"""``backproof iterate``: one request, iterated to a verdict."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.executions import Terms
from backend.cli.limits import Limits
from backend.cli.opening import open_application
from backend.cli.options import Json, listed, spread
from backend.cli.output import Output
from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean

if TYPE_CHECKING:
    from backend.bootstrap import Application
    from backend.domain.sessions import SessionRequest

STRATEGISTS = ("builtin", "llm", "both")
NAMES = {"text": "The request", "iterations": "--iterations", "seed": "--seed"}
"""What the fields of a request are called here."""


@dataclass(frozen=True)
class IterateOptions:
    """What may be stated beside the request."""

    symbols: Annotated[str, typer.Option(metavar="A,B", help="Symbols, separated by commas.")] = ""
    start: Annotated[str | None, typer.Option(metavar="D", help="First day, e.g. 2005-01-01.")] = None
    end: Annotated[str | None, typer.Option(metavar="D", help="Last day.")] = None
    timeframe: Annotated[str | None, typer.Option(metavar="T", help="Length of a bar, e.g. 1d.")] = None
    iterations: Annotated[int, typer.Option(metavar="N", help="Attempts at most.")] = 8
    strategist: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Who proposes: builtin (rule-based search), llm (a language model), both; as in the settings.",
        ),
    ] = None
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed and data give the same session.")] = 0
    without: Annotated[
        list[str] | None, typer.Option(metavar="CHANNEL", help="A sentiment channel to leave out; may be repeated.")
    ] = None
    save_bot: Annotated[str | None, typer.Option(metavar="NAME", help="Keep the result as a bot of this name.")] = None


@spread
def iterate(
    request: Annotated[
        str, typer.Argument(metavar="REQUEST", help='E.g. "momentum on AAPL with reddit, drawdown under 20 %".')
    ],
    options: IterateOptions,
    terms: Terms,
    limits: Limits,
    json: Json = False,
) -> None:
    """Turn a request into a strategy, improve it by iteration, and judge it on data it has never seen."""
    output = Output(as_json=json)
    _check_strategist(options.strategist)
    application = open_application()
    stated = _session_request(application, request, options, (terms, limits))

    from backend.cli.running import run_and_show

    session = application.open_session(stated)
    run_and_show(application, session, output, save_as=options.save_bot)


def _session_request(
    application: "Application", request: str, options: IterateOptions, beside: tuple[Terms, Limits]
) -> "SessionRequest":
    from backend.cli.validation import checked
    from backend.domain.sessions import SessionRequest

    terms, limits = beside
    stated = {
        "text": request,
        "symbols": listed(options.symbols),
        "start": options.start,
        "end": options.end,
        "timeframe": options.timeframe,
        "without": tuple(options.without or ()),
        "iterations": options.iterations,
        "seed": options.seed,
        "strategist": options.strategist or application.settings.strategist,
        "execution": terms.execution("iterate"),
        "budget": limits.budget("iterate"),
    }
    return checked(SessionRequest, stated, "The request", "see `backproof iterate --help`", NAMES)


def _check_strategist(name: str | None) -> None:
    if name is not None and name not in STRATEGISTS:
        hint = did_you_mean(name, STRATEGISTS) or "use --strategist builtin, the rule-based search"
        raise InvalidInput(f'There is no strategist "{name}" in this version.', hint)
