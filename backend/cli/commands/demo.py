"""``backproof demo``: one request to a verdict, offline, on sample data, in a store of its own."""

import sys
from pathlib import Path
from shutil import which

from backend.cli.opening import open_application
from backend.cli.options import Json
from backend.cli.output import Output
from backend.domain.errors import Cancelled

REQUEST = "momentum on AAPL with reddit sentiment, drawdown under 35 %"
SEED = 7
ITERATIONS = 8

INTRODUCTION = (
    "Backproof demo: one request is iterated to a verdict on real sample prices and synthetic posts,\n"
    "by a rule-based search: no language model, no network, no key."
)
PROGRAM = "backproof"
NEXT = ('iterate "mean reversion on MSFT, drawdown under 30 %"', "language", "--help")


def demo(*, json: Json = False) -> None:
    """Run one request to a verdict: offline, on sample data, by the rule-based strategist."""
    output = Output(as_json=json)
    output.say(INTRODUCTION)
    output.say(f"Request: {REQUEST}\n")

    from backend.cli.running import run_watched, show_session
    from backend.domain.sessions import SessionRequest
    from backend.settings import load_settings

    own = {"data_dir": load_settings().data_dir / "demo", "database_url": ""}
    application = open_application(**own, prices=("sample",), posts=("sample",))
    request = SessionRequest(text=REQUEST, seed=SEED, iterations=ITERATIONS)
    with application.emptied():
        session = application.sessions.open(application.owner, request, application.strategist_name)
        try:
            session = run_watched(application, session, output)
        except Cancelled:
            raise Cancelled("Cancelled", "start again with `backproof demo`") from None
        show_session(application, session, output)
    if not json:
        output.say("\nNext, with a store of your own:")
        for arguments in NEXT:
            output.say(f"  {_program()} {arguments}")


def _program() -> str:
    """What to type for the program that was started here, which a shell may not find by its name alone."""
    started = Path(sys.argv[0])
    return PROGRAM if which(PROGRAM) or started.name != PROGRAM else str(started)
