"""Refuses parameters that a route does not have: one that is misspelt would be passed over in silence."""

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean

SHOWN = 40
"""Characters of a name that are told."""


async def refuse_unknown_parameters(request: Request) -> None:
    """Raise InvalidInput where the address names a parameter that the route does not have."""
    if not request.query_params:
        return
    fields = get_flat_params(request.scope["route"].dependant)
    known = sorted(field.alias for field in fields if isinstance(field.field_info, Query))
    for name in request.query_params:
        if name not in known:
            hint = did_you_mean(name, known) or (f"there are {', '.join(known)}" if known else "there are none here")
            raise InvalidInput(f"{name[:SHOWN]} is no parameter that is known here.", hint)
