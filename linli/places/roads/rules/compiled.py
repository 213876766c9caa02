"""The one door to the compiler, so that every kernel is compiled alike: without the interpreter lock, kept on disk.

The compiler itself comes with the first kernel that is called: most processes call none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar, cast

from linli.kernel.late import late

if TYPE_CHECKING:
    import numba
else:
    numba = late("numba")

P = ParamSpec("P")
R = TypeVar("R")


class _Kernel(Generic[P, R]):
    """A function that is handed to the compiler when it is first called, with the kernels that it calls."""

    def __init__(self, function: Callable[P, R]) -> None:
        update_wrapper(self, function)
        self.py_func = function  # as the compiler calls it, too
        self._machine: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return (self._machine or self.machine())(*args, **kwargs)

    def machine(self) -> Callable[P, R]:
        """What the compiler makes of it. Two threads may each make one: they are alike."""
        if self._machine is None:
            known = self.py_func.__globals__
            for name in self.py_func.__code__.co_names:
                if isinstance(called := known.get(name), _Kernel):
                    known[name] = called.machine()  # the compiler reads the globals, and knows its own functions only
            self._machine = cast("Callable[P, R]", numba.njit(cache=True, nogil=True, boundscheck=False)(self.py_func))
        return self._machine


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` to machine code on first use; the result is kept beside the source for later processes."""
    return _Kernel(function)
