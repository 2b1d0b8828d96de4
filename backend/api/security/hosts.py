"""Under which name the server is asked: a page whose own name was made to point here is refused (DNS rebinding)."""

import re
from collections.abc import Iterable

from starlette.types import Scope

from backend.api.errors import Forbidden
from backend.domain.addresses import of_this_machine

OF_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_WRITTEN = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(:[0-9]{1,5})?")


class Hosts:
    """The names under which the server may be asked.

    Args:
        allowed: beside those of this machine.
        only_here: whether connections must end at an address that no other machine reaches.
    """

    def __init__(self, allowed: Iterable[str], *, only_here: bool) -> None:
        self._names = frozenset((*OF_THIS_MACHINE, *(name.lower().strip("[]") for name in allowed)))
        self._only_here = only_here

    def admit(self, scope: Scope) -> str:
        """The host as the request names it, with its port.

        Raises:
            Forbidden: there is none, there are several, or it is not one of this server.
        """
        reached, port = scope.get("server") or (None, None)
        if self._only_here and port is not None and not of_this_machine(reached or ""):
            raise Forbidden("Nobody signs in here, so only this machine may ask.", "set BACKPROOF_AUTH=tokens")
        sent = [value for name, value in scope["headers"] if name == b"host"]
        host = sent[0].decode("latin-1").lower() if len(sent) == 1 else ""
        name = host_name(host)
        if name is None or not (name in self._names or (port is not None and name == reached)):
            raise Forbidden(
                "The server is not asked under this name.", "ask it as localhost, or name it in BACKPROOF_ALLOWED_HOSTS"
            )
        return host


def host_name(host: str) -> str | None:
    """The name in a host with or without a port; None where it is not well formed."""
    found = _WRITTEN.fullmatch(host)
    return (found[1] or found[2].removesuffix(".")) if found else None
