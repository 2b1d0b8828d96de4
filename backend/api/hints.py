"""What a hint tells people to type, told as the request that does the same."""

from backend.api.paths import PREFIX
from backend.domain.commands import said_otherwise

REQUESTS = {
    "backtest list": "GET /backtest",
    "backtest run": "POST /backtest",
    "batch --list": "GET /backtest/batch",
    "bots list": "GET /bots",
    "bots show": "GET /bots/{}",
    "data import": "POST /data/import",
    "data status": "GET /data/status",
    "data warm": "POST /data/warm",
    "sessions cancel": "POST /sessions/{}/cancel",
    "sessions list": "GET /sessions",
    "sessions resume": "POST /sessions/{}/resume",
    "sessions show": "GET /sessions/{}",
    "strategies list": "GET /strategies",
    "tokens list": "GET /tokens",
}
"""By command; what is done on the machine of the server alone is not here."""


def over_http(hint: str) -> str:
    """The hint as whoever sends requests can follow it."""
    return said_otherwise(hint, _request)


def _request(command: str) -> str:
    program, *words = command.split()
    wanted = REQUESTS.get(" ".join(words[:2])) if program == "backproof" else None
    if wanted is None or wanted.count("{}") > len(words[2:]):  # or somebody's own words, quoted in a message
        return ""
    method, path = wanted.format(*words[2:]).split()
    return f"{method} {PREFIX}{path}"
