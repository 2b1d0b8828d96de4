"""With which keys Reddit is asked, and where."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RedditAccount:
    """A registered Reddit script.

    Attributes:
        url, oauth_url: addresses that answer like Reddit; empty means the real ones.
        timeout: seconds that Reddit may be silent.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    user_agent: str = ""
    url: str = ""
    oauth_url: str = ""
    timeout: float = 16.0

    def missing(self) -> tuple[str, ...]:
        """The settings that must be stated and are not."""
        stated = {
            "REDDIT_CLIENT_ID": self.client_id,
            "REDDIT_CLIENT_SECRET": self.client_secret,
            "REDDIT_USER_AGENT": self.user_agent,
        }
        return tuple(name for name, value in stated.items() if not value.strip())
