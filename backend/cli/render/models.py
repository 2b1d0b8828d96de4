"""What a language model did in a session: which one it was, what it cost, and what it added to search alone."""

from rich.console import RenderableType
from rich.text import Text

from backend.cli.render.format import MISSING, count, dollars, plain, ratio
from backend.domain.conversation import Lift
from backend.domain.models import Budget
from backend.domain.sessions import Attempt, Session, Usage

LONGEST_COMMENT = 600


def model_rows(session: Session) -> list[tuple[str, str]]:
    """Names with values for the facts of a session; none where no model was in it and no limit was set."""
    rows: list[tuple[str, str]] = []
    if session.model:
        cutoff = session.model.knowledge_cutoff
        known = f"trained on what there was until {cutoff}" if cutoff else "nobody stated until when it was trained"
        server = f" at {session.model.endpoint}" if session.model.endpoint else ""
        rows += [("model", f"{session.model.label}{server}; {known}")]
        rows += [("spent", spending_text(session.usage, session.request.budget))]
    told = {"usd": None} if session.model else {}  # it stands beside what was spent
    if limits := limits_text(session.request.budget.model_copy(update=told)):
        rows.append(("budget", limits))
    return [*rows, ("lift", lift_text(session.lift))] if session.lift else rows


def spending_text(usage: Usage, budget: Budget) -> str:
    """Calls, tokens and dollars in one line; replies that were recorded before cost nothing."""
    calls = f"{count(usage.calls)} {'call' if usage.calls == 1 else 'calls'}"
    recorded = f" and {count(usage.recorded_calls)} from the record" if usage.recorded_calls else ""
    cached = f" ({count(usage.tokens_cached)} cached)" if usage.tokens_cached else ""
    tokens = f"{count(usage.tokens_in)} tokens in{cached}, {count(usage.tokens_out)} out"
    of_budget = f" of {dollars(budget.usd)}" if budget.usd else ""
    return f"{calls}{recorded}; {tokens}; {dollars(usage.usd)}{of_budget}"


def limits_text(budget: Budget) -> str:
    """The limits of a budget that are set."""
    parts = [f"{dollars(budget.usd)}"] if budget.usd else []
    parts += [f"{count(budget.tokens)} tokens"] if budget.tokens else []
    parts += [f"{budget.seconds:g} s of work"] if budget.seconds else []
    parts += [f"{count(budget.backtests)} backtests"] if budget.backtests else []
    return ", ".join(parts)


def lift_text(lift: Lift) -> str:
    """Best validation Sharpe of the model's attempts beside that of search, with what each had to find it."""
    model = f"the model's best {ratio(lift.model_sharpe)} ({_effort(lift.model_attempts, lift.model_trials)})"
    search = f"search's best {ratio(lift.search_sharpe)} ({_effort(lift.search_attempts, lift.search_trials)})"
    if not lift.model_attempts:
        return f"not known, the model made no attempt; {search} in Sharpe on validation"
    if not lift.comparable:
        return f"not known, one made more attempts than the other; on validation {model}, {search} in Sharpe"
    by = MISSING if lift.difference is None else f"{lift.difference:+.2f}"
    return f"{by} in Sharpe on validation: {model}, {search}"


def comment_view(attempt: Attempt) -> list[RenderableType]:
    """What the model said about an attempt, if anything; it is shown as its words and nothing else."""
    if attempt.diagnosis is None or not attempt.diagnosis.comment:
        return []
    said = plain(attempt.diagnosis.comment, LONGEST_COMMENT)
    return [Text(""), Text.assemble(("The model on it: ", "dim"), (said, "italic"))]


def _effort(attempts: int, trials: int) -> str:
    return f"{count(attempts)} {'attempt' if attempts == 1 else 'attempts'}, {count(trials)} trials"
