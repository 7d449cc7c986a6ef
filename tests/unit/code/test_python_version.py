"""The Python that a repository's own files name, however its tools spell it."""

from __future__ import annotations

import pytest

from deployer.code.files import LONGEST, Code
from deployer.dependencies.python_version import find_python
from tests.unit.code.conftest import Sources


@pytest.mark.parametrize(
    ("name", "content", "version"),
    [
        (".python-version", "3.12\n", "3.12"),
        (".python-version", "cpython-3.12.1\n", "3.12"),
        (".python-version", "miniconda3-3.10-24.1\n", "3.10"),
        (".python-version", "myenv\n3.13.2\n", "3.13"),
        ("runtime.txt", "python-3.10.9\n", "3.10"),
        ("runtime.txt", "3.12\n", "3.12"),
        (".tool-versions", "nodejs 20\npython 3.13.1\n", "3.13"),
        ("mise.toml", '[tools]\npython = "3.12"\n', "3.12"),
        (".mise.toml", "[tools]\npython = ['3.10', '3.9']\n", "3.10"),
    ],
)
def test_a_version_file_decides(name: str, content: str, version: str) -> None:
    files = Sources({f"backend/{name}": content})
    assert find_python(files, "backend", (), given=None, syntax=(3, 0)).version == version


def test_a_file_that_nobody_wrote_is_not_parsed() -> None:
    code = Code(Sources({"big.py": "x = 1\n" * (LONGEST // 6 + 1)}), ["big.py"])
    assert code.module("big.py") is None
    assert code.too_long == ("big.py",)
