"""Work that goes on in a thread while the program does something else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Value = TypeVar("Value")


def begun(work: Callable[[], Value]) -> Future[Value]:
    """What ``work`` will return or raise. The program ends without it (entrypoint.py)."""
    thread = ThreadPoolExecutor(max_workers=1)
    try:
        return thread.submit(work)
    finally:
        thread.shutdown(wait=False)
