"""Renders action.yml and the documents' tables from the code's own tables, between markers.

``python tools/render.py`` rewrites the files; with ``--check`` it writes nothing, shows the
difference and exits 1 when a file has drifted from the code.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deployer import settings  # noqa: E402 - only importable from the line above on
from deployer.adapters import hub_errors, repository_refusals  # noqa: E402
from deployer.errors import Exit  # noqa: E402
from deployer.fleet import schema  # noqa: E402
from deployer.github.permissions import PERMISSIONS  # noqa: E402
from deployer.given import variable_names  # noqa: E402
from deployer.model import Cause  # noqa: E402
from deployer.release import causes, health  # noqa: E402
from deployer.release import service_causes as services  # noqa: E402
from deployer.release.cause_rule import Rule  # noqa: E402
from deployer.report.outputs import OUTPUTS  # noqa: E402

EXPRESSION: Final = re.compile(r"`(\$\{\{.*\}\})`")


def action_default(row: settings.InputField) -> str:
    """An input's default as action.yml states it: GitHub fills in expressions before we start."""
    expression = EXPRESSION.fullmatch(row.shown_default)
    return expression.group(1) if expression else row.default


def action_inputs() -> str:
    """action.yml's ``inputs:`` mapping."""
    lines = ["inputs:"]
    for row in settings.INPUTS:
        lines += [f"  {row.name}:", *_description(row.help)]
        lines.append("    required: true" if row.required else "    required: false")
        if not row.required:
            lines.append(f'    default: "{action_default(row)}"')
    return "\n".join(lines)


def action_outputs() -> str:
    """action.yml's ``outputs:`` mapping."""
    lines = ["outputs:"]
    for row in OUTPUTS:
        lines += [f"  {row.name}:", *_description(row.help)]
        lines.append(f"    value: ${{{{ steps.deploy.outputs.{row.name} }}}}")
    return "\n".join(lines)


def action_env() -> str:
    """The ``env:`` entries that hand every input on; a composite's steps get none by themselves."""
    return "\n".join(
        f"{variable_names(row.name)[1]}: ${{{{ inputs.{row.name} }}}}" for row in settings.INPUTS
    )


def inputs_table() -> str:
    """The inputs as a Markdown table."""
    rows = ((f"`{row.name}`", row.shown_default, row.help) for row in settings.INPUTS)
    return _table(("input", "default", "meaning"), rows)


def outputs_table() -> str:
    """The outputs as a Markdown table."""
    rows = ((f"`{row.name}`", row.help) for row in OUTPUTS)
    return _table(("output", "meaning"), rows)


def permissions_table() -> str:
    """What a job's token needs, mode by mode, as a Markdown table."""
    rows = ((each.mode, f"`{each.line}`", each.wanted_for, each.without) for each in PERMISSIONS)
    return _table(("mode", "permission", "for", "without it"), rows)


def exit_table() -> str:
    """The exit codes as a Markdown table."""
    rows = ((str(int(code)), code.meaning, code.mended_by) for code in Exit)
    return _table(("code", "meaning", "mended by"), rows)


def words_table() -> str:
    """The words of a health answer that are judged, as a Markdown table."""
    rows = (
        ("for it", health.UP),
        ("against it", health.DOWN),
        ("not yet", health.WAITING),
    )
    cells = ((name, ", ".join(f"`{word}`" for word in sorted(words))) for name, words in rows)
    return _table(("speaks", "words"), cells)


def service_causes() -> str:
    """Likely causes of a service that speaks against health."""
    likely = dict.fromkeys((*_once(services.HEALTH), *services.OTHERWISE.values()))
    rows = ((f"`{cause.service}`", *_cause(cause)) for cause in likely)
    return _table(("service", "likely cause", "what to do"), rows)


def log_causes() -> str:
    """Likely causes that the end of the Space's log shows."""
    return _table(
        ("likely cause", "what to do"),
        map(_cause, _once(each for each in (*causes.LOG, *causes.LISTENS) if not each.service)),
    )


def other_causes() -> str:
    """Likely causes that a stage, the time or the status of the answer shows."""
    rows = [(f"stage `{stage}`", *_cause(cause)) for stage, cause in causes.STAGES.items()]
    rows += [
        ("the time is over before it runs", *_cause(causes.TIMED_OUT)),
        ("404 on the health path", *_cause(causes.MISSING_PATH)),
        ("401 or 403 on the health path", *_cause(causes.CLOSED_PATH)),
    ]
    return _table(("seen", "likely cause", "what to do"), rows)


def hub_refusals() -> str:
    """What the Hub's HTTP statuses mean."""
    rows = [(str(code), f"The Hub {says}", hint) for code, (says, hint) in _hub_meanings()]
    return _table(("status", "meaning", "what to do"), rows)


def repository_refusals_table() -> str:
    """What a refusal of GitHub or a git server means."""
    rows = ((each.said, each.hint) for each in repository_refusals.MEANINGS)
    return _table(("meaning", "what to do"), rows)


def _hub_meanings() -> Iterable[tuple[str, tuple[str, str]]]:
    for code, meaning in hub_errors.MEANINGS.items():
        yield str(code), meaning
        for special in hub_errors.SPECIALS:
            if special.statuses[0] == code:
                codes = " or ".join(map(str, special.statuses))
                yield f"{codes}, {special.seen}", (meaning[0], special.hint)
    for _, seen, hint in hub_errors.SILENT:
        yield f"none: {seen}", ("gave no answer", hint)


def _once(rules: Iterable[Rule]) -> Iterable[Cause]:
    return dict.fromkeys(rule.cause for rule in rules)


def _cause(cause: Cause) -> tuple[str, str]:
    return cause.title.replace("{0}", "…"), cause.remedy


def _description(text: str) -> list[str]:
    width = textwrap.TextWrapper(90, break_long_words=False, break_on_hyphens=False)
    return ["    description: >-", *(f"      {line}" for line in width.wrap(text))]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


Blocks = Mapping[str, Callable[[], str]]
TARGETS: Final[Mapping[str, Blocks]] = {
    "action.yml": {"inputs": action_inputs, "outputs": action_outputs, "env": action_env},
    "README.md": {"inputs": inputs_table, "outputs": outputs_table, "exit-codes": exit_table},
    "docs/reference/inputs.md": {"inputs": inputs_table},
    "docs/reference/outputs.md": {"outputs": outputs_table},
    "docs/reference/exit-codes.md": {"exit-codes": exit_table},
    "docs/reference/permissions.md": {"permissions": permissions_table},
    "docs/reference/health.md": {"words": words_table},
    "docs/reference/errors.md": {
        "exit-codes": exit_table,
        "services": service_causes,
        "log": log_causes,
        "other": other_causes,
        "hub": hub_refusals,
        "repository": repository_refusals_table,
    },
}
WHOLE: Final[Mapping[str, Callable[[], str]]] = {"docs/reference/spaces.schema.json": schema.render}


def rendered(text: str, blocks: Blocks) -> str:
    """``text`` with every block between its markers made anew, at the markers' indentation.

    Raises ``ValueError`` when a block's markers are missing.
    """
    for name, make in blocks.items():
        text = _replaced(text, name, make())
    return text


def _replaced(text: str, name: str, content: str) -> str:
    markers = re.compile(
        rf"^(?P<indent>[ ]*)(?P<begin>[^\n]*\bBEGIN {name}\b[^\n]*\n)"
        rf".*?^(?P<end>[^\n]*\bEND {name}\b)",
        re.MULTILINE | re.DOTALL,
    )
    found = markers.search(text)
    if found is None:
        raise ValueError(f"no markers `BEGIN {name}` and `END {name}`")
    body = textwrap.indent(content + "\n", found["indent"])
    begin = found["indent"] + found["begin"]
    return text[: found.start()] + begin + body + found["end"] + text[found.end() :]


def drift(root: Path) -> dict[Path, tuple[str, str]]:
    """Files whose content differs from what they should be: (is, should be)."""
    found = {}
    for name in (*TARGETS, *WHOLE):
        path = root / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = WHOLE[name]() if name in WHOLE else rendered(before, TARGETS[name])
        if after != before:
            found[path] = (before, after)
    return found


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Exit code: 0, or 1 when ``--check`` found a difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on drift")
    check = parser.parse_args(arguments).check
    found = drift(root)
    for path, (before, after) in found.items():
        if not check:
            path.write_text(after, encoding="utf-8")
            print(f"rendered {path.relative_to(root)}")
            continue
        name = str(path.relative_to(root))
        difference = difflib.unified_diff(
            before.splitlines(), after.splitlines(), name, f"{name} (rendered)", lineterm=""
        )
        print("\n".join(difference))
    if check and found:
        print("Run `make render` and commit the result.")
    return int(check and bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
