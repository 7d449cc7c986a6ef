"""Work that goes on in a thread while the program does something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Value = TypeVar("Value")


def begun(work: Callable[[], Value]) -> Future[Value]:
    """What ``work`` will return or raise. A program that ends doesn't wait for it."""
    future: Future[Value] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as failure:  # noqa: BLE001 - raised where the result is asked for
            future.set_exception(failure)

    threading.Thread(target=run, daemon=True).start()
    return future
