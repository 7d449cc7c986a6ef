"""A log is a comfort: it comes in the background, and whatever is wrong with it stays quiet."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deployer.adapters.log_stream import LogStream


def everything(stream: LogStream) -> tuple[str, ...]:
    stream._thread.join(5)
    return stream.lines()


def test_lines_come_without_line_ends_and_only_once() -> None:
    stream = LogStream(lambda: ["one\ntwo\r\n", "three", "\n"])
    assert everything(stream) == ("one", "two", "three", "")
    assert stream.lines() == ()


def test_a_source_that_says_nothing_holds_nobody_up() -> None:
    gate = threading.Event()

    def silent() -> Iterator[str]:
        gate.wait(5)
        yield "late"

    stream = LogStream(silent)
    assert stream.lines() == ()
    stream.close()
    gate.set()
    assert everything(stream) == ()


@pytest.mark.parametrize("failure", [OSError, ValueError, KeyError, TypeError, RuntimeError])
def test_what_came_before_a_failure_is_kept(failure: type[Exception]) -> None:
    def source() -> Iterator[str]:
        yield "one"
        raise failure("broken")

    assert everything(LogStream(source)) == ("one",)


@pytest.mark.parametrize("source", [lambda: None, lambda: 3])
def test_a_source_of_another_shape_ends_quietly(source: Callable[[], Any]) -> None:
    assert everything(LogStream(source)) == ()
