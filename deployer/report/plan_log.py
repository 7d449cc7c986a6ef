"""A plan for the job's log: the facts first, then a foldable part for each detail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.model import Bundle
from deployer.ports import Console
from deployer.report import Report
from deployer.report.facts import facts, place, provider
from deployer.report.intent import Setting
from deployer.report.plan import CHANGES, made_texts, need, rules
from deployer.report.tree import amount, plain, size, tree

LINES: Final = 120
_PATHS: Final = 4


def say_plan(report: Report, console: Console) -> None:
    """The plan, line by line. Nothing when no backend could be read."""
    width = max((len(title) for title, _ in facts(report, plain)), default=0)
    for title, text in facts(report, plain):
        console.line(f"{title:<{width}}  {text}")
    for title, lines in parts(report):
        with console.group(title):
            for line in lines:
                console.line(line)


def parts(report: Report) -> Iterator[tuple[str, list[str]]]:
    """Each part that has something to say, with its title."""
    bundle = report.bundle
    if bundle is not None:
        yield from _bundle(report, bundle)
    if report.intent and report.intent.settings:
        yield "Secrets and variables", [_setting(each) for each in report.intent.settings]
    if report.intent and report.intent.compared and not report.intent.creates:
        changes = list(_files(report))
        yield f"Files that would change: {len(changes)}", _cut(changes)
    if report.frontend.diff:
        diff = report.frontend.diff.splitlines()
        yield "The frontend's change", _cut(diff)


def _bundle(report: Report, bundle: Bundle) -> Iterator[tuple[str, list[str]]]:
    count = f"{amount(len(bundle.files), 'file')}, {size(bundle.size)}"
    yield f"What ships: {count}", tree(bundle.files, LINES)
    if bundle.left_out:
        title = f"What stays behind: {amount(len(bundle.left_out), 'path')}"
        yield title, _cut(list(_left_out(bundle)))
    if bundle.installed and bundle.installed.packages:
        packages = bundle.installed.packages
        yield f"What is installed: {amount(len(packages), 'package')}", [", ".join(packages)]
    if bundle.backend.environment:
        title = f"What the code reads from its environment: {len(bundle.backend.environment)}"
        yield title, list(_environment(report, bundle))
    if bundle.backend.routes:
        routes = [f"{each.method:<7} {plain(each.path)}" for each in bundle.backend.routes]
        yield f"Routes: {len(routes)}", _cut(routes)
    for title, _, text in made_texts(bundle):
        yield title, text.splitlines()


def _left_out(bundle: Bundle) -> Iterator[str]:
    for one, paths in rules(bundle):
        more = f" and {len(paths) - _PATHS} more" if len(paths) > _PATHS else ""
        shown = ", ".join(plain(path) for path in paths[:_PATHS])
        yield f"{shown}{more}  (rule {plain(one.rule)}, {plain(one.origin)})"


def _environment(report: Report, bundle: Bundle) -> Iterator[str]:
    for each in bundle.backend.environment:
        by = provider(each, report) or "nobody"
        at = place(each.file, each.line)
        yield f"{each.name}: the code {need(each)}, given by {by}" + (f"  ({at})" if at else "")


def _setting(setting: Setting) -> str:
    kind = "variable" if setting.public else "secret"
    line = f"{kind} {setting.name}: {CHANGES[setting.change]}"
    if not setting.public:
        return line
    if setting.before == setting.after:
        return f"{line}, {plain(setting.after or '')}"
    shown = ("(none)" if v is None else plain(v) for v in (setting.before, setting.after))
    return f"{line}, {' → '.join(shown)}"


def _files(report: Report) -> Iterator[str]:
    files = report.files
    for sign, paths in (("+", files.added), ("~", files.changed), ("-", files.removed)):
        yield from (f"{sign} {plain(path)}" for path in paths)


def _cut(lines: list[str]) -> list[str]:
    more = [f"… and {len(lines) - LINES} more lines"] if len(lines) > LINES else []
    return lines[:LINES] + more
