"""What a condition in a client means: true on this machine, true in production, or unclear."""

from __future__ import annotations

import pytest

from deployer.frontend import branches
from deployer.frontend.branches import Side
from deployer.frontend.syntax import parse

LOCAL, PRODUCTION = Side.LOCAL, Side.PRODUCTION


def side(condition: str, before: str = "") -> Side | None:
    script = parse("a.js", f"{before}\nif ({condition}) {{}}\n".encode())
    assert script is not None
    statement = script.root.children[-1]
    node = statement.child_by_field_name("condition")
    assert node is not None
    found = branches.read(node, script)
    return found.side if found else None


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("window.location.hostname === 'localhost'", LOCAL),
        ("location.hostname == '127.0.0.1'", LOCAL),
        ("window.location.hostname !== 'localhost'", PRODUCTION),
        ("!window.location.hostname.includes('localhost')", PRODUCTION),
        ("window.location.hostname.indexOf('localhost') > -1", LOCAL),
        ("window.location.hostname.indexOf('localhost') !== -1", LOCAL),
        ("window.location.hostname.indexOf('localhost') === -1", PRODUCTION),
        ("['localhost', '127.0.0.1'].includes(window.location.hostname)", LOCAL),
        ("/^localhost$/.test(location.hostname)", LOCAL),
        ("location.host.startsWith('localhost:')", LOCAL),
        ("window.location.protocol === 'file:'", LOCAL),
        ("hostname === 'localhost' || hostname === '::1'", LOCAL),
        ("typeof window !== 'undefined' && location.hostname !== 'localhost'", PRODUCTION),
        ("process.env.NODE_ENV === 'production'", PRODUCTION),
        ("process.env.NODE_ENV !== 'production'", LOCAL),
        ("process.env.NODE_ENV === 'development'", LOCAL),
        ("import.meta.env.PROD", PRODUCTION),
        ("import.meta.env.DEV", LOCAL),
        ("isProduction", PRODUCTION),
        ("!isLocalhost()", PRODUCTION),
        ("isDev", LOCAL),
    ],
)
def test_a_condition_that_tells_the_side(condition: str, expected: Side) -> None:
    assert side(condition) is expected


@pytest.mark.parametrize(
    "condition",
    [
        "typeof window === 'undefined'",
        "window.location.hostname === 'staging.example.org'",
        "location.hostname === 'localhost' && location.hostname !== '127.0.0.1'",
        "location.hostname === 'localhost' || useMock",
        "user === 'localhost'",
        "process.env.NODE_ENV === 'test'",
        "isOpen",
        "deliver()",
        "mode",
    ],
)
def test_a_condition_that_does_not(condition: str) -> None:
    assert side(condition) is None


def test_a_named_condition_is_followed_to_its_value() -> None:
    assert side("quiet", "const quiet = location.hostname === 'localhost';") is LOCAL
    assert side("isLocal", "const isLocal = user.local;") is None


def test_a_condition_named_after_itself_ends() -> None:
    assert side("a", "var a = b; var b = a;") is None
