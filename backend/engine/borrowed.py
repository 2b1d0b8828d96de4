"""Arrays that a compiled function lends to those it calls; it imports numba, so only a running backtest imports it."""

from typing import Any

from numba.core import cgutils
from numba.extending import intrinsic

_null: Any = cgutils.get_null_value  # untyped in numba


def _borrowed(typing_context: Any, array: Any) -> Any:  # noqa: ARG001
    """The same array without its reference count, for use while the original lives.

    Numba counts references with atomic instructions at every call that takes an array, which costs more than a short
    loop over it. A borrowed array, and every slice of it, is not counted; it must not outlive the function that lends.
    """

    def lend(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        made.meminfo = _null(made.meminfo.type)
        return made._getvalue()  # noqa: SLF001

    return array(array), lend


borrowed: Any = intrinsic(_borrowed)
