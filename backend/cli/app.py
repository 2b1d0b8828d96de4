"""The tree of commands; to add one, write its module and register it here."""

from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from backend import __version__
from backend.cli.commands import (
    backtest,
    batch,
    bots,
    chat,
    collect,
    data,
    demo,
    imports,
    iterate,
    language,
    serve,
    sessions,
    settings,
    strategies,
    tokens,
    worker,
)
from backend.domain.errors import Cancelled, InvalidInput
from backend.domain.suggestions import did_you_mean

SUMMARY = "Iterates trading strategies on your data and says honestly whether one is proven."


class Commands(TyperGroup):
    """A group of commands that names the likely one for a misspelt one."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Raises InvalidInput for a command that does not exist."""
        word = args[0]
        if word not in self.commands and not word.startswith("-"):
            hint = did_you_mean(word, self.commands) or f"see `{ctx.command_path} --help`"
            raise InvalidInput(f'There is no command "{ctx.command_path} {word}".', hint)
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the arguments; Ctrl-C meanwhile is told as well, where Typer would end without a word."""
        try:
            return super().make_context(*args, **kwargs)
        except KeyboardInterrupt:
            raise Cancelled("Interrupted.") from None

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C becomes an error like any other, so that it is told in one line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Cancelled("Interrupted.") from None


@cache
def command_tree() -> Commands:
    """Every command, ready to be invoked as often as one likes; building it takes longer than a short command."""
    tree = typer.main.get_command(build_app())
    assert isinstance(tree, Commands)
    return tree


@cache
def build_app() -> typer.Typer:
    """Every command that exists; built once, for it adds to groups that the modules of commands hold."""
    app = typer.Typer(
        cls=Commands, help=SUMMARY, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]}
    )
    app.callback()(_global_options)
    app.command()(demo.demo)
    app.command()(iterate.iterate)
    app.command()(chat.chat)
    for name, group, summary in _NOUNS:
        app.add_typer(group, name=name, help=summary, cls=Commands)
    data.app.add_typer(imports.app, name="import", help="Bring in your own prices, posts and news.", cls=Commands)
    app.command()(batch.batch)
    app.command()(serve.serve)
    app.command()(worker.worker)
    app.command()(collect.collect)
    app.command()(language.language)
    app.command()(settings.settings)
    return app


_NOUNS = (
    ("sessions", sessions.app, "Requests and what became of them."),
    ("backtest", backtest.app, "One strategy on one or several symbols, with no search."),
    ("bots", bots.app, "Strategies that you chose to keep, with the data they were tested on."),
    ("strategies", strategies.app, "Your own strategies, and those that come with Backproof."),
    ("tokens", tokens.app, "Tokens with which scripts sign in over HTTP."),
    ("data", data.app, "Prices and posts: what there is, and bringing in your own."),
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"backproof {__version__}")
        raise typer.Exit


def _global_options(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version and exit.")
    ] = False,
) -> None:
    del debug, version  # the entry point reads the one, so that it may stand anywhere; the other has been answered
