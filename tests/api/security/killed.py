"""A server's work that is killed after it was done and before its answer was kept; run as a program."""

import sys
from pathlib import Path

from backend.bootstrap.accounts import Accounts
from backend.domain.ports import KeptAnswer
from backend.stores.sql.answers import SqlAnswerStore
from tests.api.serving import service
from tests.programs import begin

KEY = {"Idempotency-Key": "the very same"}
BODY = {"name": "laptop"}


class Interrupted(SqlAnswerStore):
    """Lets the test kill the process where an answer is kept."""

    def keep_answer(self, answer: KeptAnswer) -> None:
        begin()
        super().keep_answer(answer)


def main(folder: str) -> None:
    """Ask for a token under a key."""
    served = service(Path(folder))
    accounts: Accounts = served.accounts
    accounts.service.answers._store = Interrupted(accounts.shared.database)
    served.client().post("tokens", json=BODY, headers=KEY)


if __name__ == "__main__":
    main(sys.argv[1])
