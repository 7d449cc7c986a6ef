"""Which distributions serve only tests, linting and type checking, and so stay behind."""

from __future__ import annotations

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
TEST_PREFIXES = ("pytest-", "flake8-", "pylint-", "types-")
TEST_SUFFIXES = ("-stubs",)


def is_test_package(name: str, needed: frozenset[str] = frozenset()) -> bool:
    """Whether a distribution (normalised name) only serves tests, and the app, whose imports'
    top names are ``needed``, does not import it itself."""
    listed = name in TEST_PACKAGES or name.startswith(TEST_PREFIXES) or name.endswith(TEST_SUFFIXES)
    return bool(name) and listed and name.replace("-", "_") not in needed
