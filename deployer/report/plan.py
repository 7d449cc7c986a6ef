"""A plan for a person, as Markdown: the facts at a glance, then the details, folded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.credentials import names
from deployer.model import Bundle, BundleFile, EnvironmentName, LeftOut
from deployer.report import Report
from deployer.report.facts import facts, lacking, place, provider
from deployer.report.intent import Change, Setting
from deployer.report.markdown import code, fenced, folded, prose, table
from deployer.report.tree import amount, size, tree

TREE_LENGTH: Final = 400
ROWS: Final = 200
PATHS: Final = 6  # of those that one rule leaves out

CHANGES: Final = {
    Change.NEW: "would be set",
    Change.CHANGED: "would be set: its value differs",
    Change.UNCHANGED: "unchanged",
    Change.MISSING: "named, without a value",
    Change.FOREIGN: "set by hand, left alone",
    Change.STALE: "no longer named, stays (`prune: true` deletes it)",
    Change.PRUNED: "would be deleted",
}


def render_glance(report: Report) -> str:
    """The facts as a table; empty without a bundle."""
    return table(("", ""), ((f"**{name}**", text) for name, text in facts(report, code)))


def render_plan(report: Report) -> str:
    """What ships, what stays behind and what is made, as Markdown; empty without a bundle."""
    if report.bundle is None:
        return ""
    bundle = report.bundle
    count = f"{amount(len(bundle.files), 'file')}, {size(bundle.size)}"
    parts = [
        "### The bundle",
        folded(f"What ships: {count}", fenced("\n".join(tree(bundle.files, TREE_LENGTH)))),
        _left_out(bundle),
        *(folded(title, fenced(text, kind)) for title, kind, text in made_texts(bundle)),
        _installed(bundle),
        _routes(bundle),
    ]
    return "\n\n".join(part for part in parts if part)


def made_texts(bundle: Bundle) -> Iterator[tuple[str, str, str]]:
    """Title, language and text of what we wrote: the Dockerfile, the README's front matter."""
    made = {file.path: _text(file) for file in bundle.files if file.content is not None}
    if "Dockerfile" in made and not bundle.backend.dockerfile:
        yield "The Dockerfile that is made", "dockerfile", made["Dockerfile"]
    front = front_matter(made.get("README.md", ""))
    if front:
        yield "The README's front matter", "yaml", front


def front_matter(readme: str) -> str:
    """The YAML between the two lines of dashes that a README begins with, without them."""
    first, *lines = readme.splitlines() or [""]
    if first.strip() != "---" or "---" not in lines:
        return ""
    return "\n".join(lines[: lines.index("---")])


def rules(bundle: Bundle) -> list[tuple[LeftOut, list[str]]]:
    """What is left out by rule: one of its paths with the rule, and all of its paths."""
    found: dict[tuple[str, str], list[LeftOut]] = {}
    for each in bundle.left_out:
        found.setdefault((each.origin, each.rule), []).append(each)
    return [(all_of[0], [each.path for each in all_of]) for all_of in found.values()]


def render_environment(report: Report) -> str:
    """Each name that the code reads or the workflow gives, and where it belongs, as Markdown."""
    environment = report.bundle.backend.environment if report.bundle else ()
    read = {each.name: each for each in environment}
    given, missing = report.names, lacking(report)
    every = sorted({*read, *given.secrets, *given.variables} - set(missing))
    rows = (
        (code(name), _need(read.get(name)), _given_by(name, read.get(name), report), _belongs(name))
        for name in (*missing, *every)
    )
    return table(("Name", "The code", "Given by", "Belongs to"), rows)


def render_settings(report: Report) -> str:
    """Secrets by name and variables by value, as Markdown: what would become of each."""
    settings = report.intent.settings if report.intent else ()
    rows = (
        (
            code(each.name),
            "variable" if each.public else "secret",
            CHANGES[each.change],
            _values(each),
        )
        for each in settings[:ROWS]
    )
    return table(("Name", "Kind", "On the Space", "Value"), rows)


def _values(setting: Setting) -> str:
    if not setting.public:
        return "never shown"
    if setting.before == setting.after:
        return code(setting.after or "")
    before = code(setting.before) if setting.before is not None else "—"
    after = code(setting.after) if setting.after is not None else "—"
    return f"{before} → {after}"


def need(read: EnvironmentName | None) -> str:
    """Whether the code can do without a name."""
    if read is None:
        return "was not seen to read it"
    without = "can do without" if read.default is None else "has a default"
    return "needs it" if read.required else without


def _need(read: EnvironmentName | None) -> str:
    at = place(read.file, read.line) if read else ""
    return need(read) + (f" ({code(at)})" if at else "")


_PROVIDERS: Final = {"space": "the Space", "hub": "the Hub itself"}


def _given_by(name: str, read: EnvironmentName | None, report: Report) -> str:
    given = report.names
    by_input = "secrets" if name in given.secrets else "variables" * (name in given.variables)
    by = (provider(read, report) if read else "") or by_input
    if not by:
        return "**nobody**" if read and read.required else "—"
    return _PROVIDERS.get(by) or code(by)


def to_give(report: Report) -> Iterator[str]:
    """What to add to the workflow for the names that nobody gives, an input a sentence."""
    missing = lacking(report)
    secrets = [name for name in missing if _is_secret(name)]
    variables = [name for name in missing if not _is_secret(name)]
    for input_name, wanted in (("secrets", secrets), ("variables", variables)):
        if wanted:
            yield f"Name in the input `{input_name}`: {', '.join(f'`{each}`' for each in wanted)}."


def _is_secret(name: str) -> bool:
    return names.is_sensitive(name) or "DATABASE" in name.upper()


def _belongs(name: str) -> str:
    if _is_secret(name):
        return "`secrets`"
    if names.is_qdrant_url(name):
        return "`variables` (`secrets` if it holds a key)"
    return "`variables`" if names.is_public(name) else ""


def _left_out(bundle: Bundle) -> str:
    if not bundle.left_out:
        return ""
    grouped = rules(bundle)
    rows = ((_some(paths), code(one.rule), prose(one.origin)) for one, paths in grouped[:ROWS])
    more = len(grouped) - ROWS
    body = table(("Path", "Rule", "From"), rows) + (f"\n\n… {more} more rules" * (more > 0))
    return folded(f"What stays behind: {amount(len(bundle.left_out), 'path')}", body)


def _some(paths: list[str]) -> str:
    shown = ", ".join(code(path) for path in paths[:PATHS])
    return f"{shown} and {len(paths) - PATHS} more" if len(paths) > PATHS else shown


def _installed(bundle: Bundle) -> str:
    installed = bundle.installed
    if installed is None:
        return ""
    lists = (
        ("Packages", installed.packages),
        ("Left out, as they serve tests", installed.removed),
        ("Debian packages", installed.system),
    )
    told = (
        f"{title}: {', '.join(code(each) for each in all_of)}." for title, all_of in lists if all_of
    )
    return folded(f"What is installed: {len(installed.packages)}", "\n\n".join(told))


def _routes(bundle: Bundle) -> str:
    routes = bundle.backend.routes
    rows = (
        (each.method, code(each.path), prose(each.summary), code(place(each.file, each.line)))
        for each in routes[:ROWS]
    )
    body = table(("Method", "Path", "Summary", "In"), rows)
    return folded(f"Routes: {len(routes)}", body) if routes else ""


def _text(file: BundleFile) -> str:
    return (file.content or b"").decode("utf-8", "replace").rstrip()
