"""Which distributions stay behind: they serve only tests and linting, or Windows."""

from __future__ import annotations

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# `pytest-…` and `types-…` go by prefix.
TEST_PACKAGES = frozenset(
    (
        *("pytest", "coverage", "tox", "nox", "mock", "respx", "requests-mock", "responses"),
        *("freezegun", "time-machine", "factory-boy", "hypothesis", "schemathesis"),
        *("testcontainers", "locust", "vcrpy", "mutmut", "ruff", "black", "flake8", "pylint"),
        *("pyflakes", "pycodestyle", "pydocstyle", "isort", "mypy", "pyright", "autopep8"),
        *("autoflake", "bandit", "pre-commit", "pyupgrade", "vulture", "yapf", "pytype"),
        *("asgi-lifespan", "ipdb", "pdbpp"),
    )
)
# Wheels for Windows alone, and no source that builds elsewhere: what `pip freeze` brings along.
WINDOWS_PACKAGES = frozenset({"pywin32", "pypiwin32", "pywinpty", "windows-curses", "wincertstore"})
TEST_PREFIXES = ("pytest-", "flake8-", "pylint-", "types-")
TEST_SUFFIXES = ("-stubs",)


def is_test_package(name: str, needed: frozenset[str] = frozenset()) -> bool:
    """Whether a distribution (normalised name) only serves tests, and the app, whose imports'
    top names are ``needed``, does not import it itself."""
    listed = name in TEST_PACKAGES or name.startswith(TEST_PREFIXES) or name.endswith(TEST_SUFFIXES)
    return bool(name) and listed and name.replace("-", "_") not in needed


def is_for_windows(requirement: Requirement | None) -> bool:
    """Whether pip would look for it on Linux in vain; a marker may say that it need not."""
    return (
        requirement is not None
        and requirement.marker is None
        and canonicalize_name(requirement.name) in WINDOWS_PACKAGES
    )
