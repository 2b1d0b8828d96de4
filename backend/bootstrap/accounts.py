"""The applications of many accounts in one process, and what serves all of them."""

from collections import OrderedDict
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from backend.agents.traces import send_before_the_end
from backend.bootstrap.application import Application
from backend.bootstrap.shared import Shared
from backend.domain.accounts import Account
from backend.observability import trace_only_when_asked
from backend.settings import Settings

if TYPE_CHECKING:
    from backend.bootstrap.working import Workers
    from backend.services.jobs import Jobs

MOST_KEPT = 32
"""Applications; each holds the bars that its account read last."""


class Accounts:
    """Gives each account its application; the one that was not asked for longest is dropped when there are too many.

    Args:
        settings: of this machine.
    """

    def __init__(self, settings: Settings) -> None:
        trace_only_when_asked()
        send_before_the_end()
        self.settings = settings
        self.shared = Shared(settings)
        self._kept: OrderedDict[Account, Application] = OrderedDict()
        self._lock = Lock()

    def application(self, account: Account) -> Application:
        """The application that reads and writes the rows of this account."""
        with self._lock:
            found = self._kept.pop(account, None) or Application(self.settings, account=account, given=self.shared)
            self._kept[account] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return found

    def acting_for(self, owner: str) -> Application:
        """The application in which the service itself works in the name of an owner, without his token."""
        return self.application(Account(owner))

    @cached_property
    def service(self) -> Application:
        """The application of the owner in the settings, through which rows of all owners are reached."""
        return self.acting_for(self.settings.owner)

    @cached_property
    def workers(self) -> "Workers":
        """Who does jobs, or tells those who do; a server starts and stops it. Raises InvalidInput without Celery."""
        from backend.bootstrap.working import workers_of

        return workers_of(self)

    @cached_property
    def jobs(self) -> "Jobs":
        """Queues, finds and cancels jobs of all owners."""
        from backend.bootstrap.working import jobs_of

        return jobs_of(self, self.workers)
