"""The text templates of a Space's files: ``{{name}}`` is replaced, nothing else is special."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent


def render(template: str, values: dict[str, str]) -> str:
    """A template of ``deployer/templates`` with every name replaced. Raises ``KeyError``."""
    source = (FOLDER / template).read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], source)
