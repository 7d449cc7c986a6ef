"""Every input and every output is shown in use, and README's quick start is a tested example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployer import settings
from deployer.report.outputs import OUTPUTS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/*.yml")) + sorted((ROOT / "examples").glob("*.yml"))
HOW_TOS = sorted((ROOT / "docs" / "how-to").glob("*.md"))
SHOWN = "\n".join(path.read_text() for path in [*EXAMPLES, *HOW_TOS])
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", [row.name for row in settings.INPUTS])
def test_an_input_is_used_in_an_example_or_a_how_to(name: str) -> None:
    variable = f"INPUT_{name.upper().replace('-', '_')}"
    assert re.search(rf"(^\s+|`|--){name}: |{variable}\b", SHOWN, re.MULTILINE), name


@pytest.mark.parametrize("name", [row.name for row in OUTPUTS])
def test_an_output_is_used_in_an_example_or_a_how_to(name: str) -> None:
    assert re.search(rf"\boutputs\.{name}\b", SHOWN), name


def test_the_quick_start_is_the_example_that_the_tests_run() -> None:
    quick = BLOCK.findall((ROOT / "README.md").read_text())[0]
    assert quick == (ROOT / "examples" / "workflows" / "quick-start.yml").read_text()
    assert len(quick.splitlines()) <= 20


def test_every_example_is_linked_from_a_document() -> None:
    documents = "\n".join(
        path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    )
    missing = [path.name for path in EXAMPLES if f"/{path.name})" not in documents]
    assert missing == []


def test_every_how_to_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [path.name for path in HOW_TOS if f"(docs/how-to/{path.name})" not in readme] == []
