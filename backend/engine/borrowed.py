"""Arrays that a compiled function lends to those it calls; it imports numba, so only a running backtest imports it."""

from typing import Any

from numba.core import cgutils
from numba.extending import intrinsic

_null: Any = cgutils.get_null_value  # untyped in numba


def _borrowed(typing_context: Any, array: Any) -> Any:  # noqa: ARG001
    """An argument of the calling function without its reference count; never an array that the function made itself.

    Numba counts references with atomic instructions at every call that takes an array, which costs more than a short
    loop over it. A borrowed array, and every slice of it, is not counted. What a function made is freed after its last
    use, and a borrowed copy is no use: lend only arrays that the caller keeps, in a function that is not ``inline``.
    """

    def lend(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        made.meminfo = _null(made.meminfo.type)
        return made._getvalue()  # noqa: SLF001

    return array(array), lend


borrowed: Any = intrinsic(_borrowed)
