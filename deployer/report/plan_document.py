"""The plan for other programs: JSON, `docs/reference/plan.schema.json`.

Rule: nothing of the run, only of what was planned: two plans of the same thing are the same bytes.
Names of secrets, never values. A new field keeps the version; a changed one raises it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from msgspec.structs import asdict

from deployer.errors import Notice, Problem, Where
from deployer.model import Backend, Bundle, EnvironmentName, Route
from deployer.report import Report, Source
from deployer.report.facts import provider, shown_default
from deployer.report.intent import Intent, Setting
from deployer.report.plan import made_texts
from deployer.scrub import scrub

VERSION: Final = 1
_ESCAPED: Final = re.compile(r"[\"\\\x00-\x1f]")


def render_plan_document(
    report: Report, source: Source, scrub: Callable[[str], str] = scrub
) -> str:
    """JSON with a line break at its end; sizes in bytes, unknown is null.

    ``scrub`` takes secrets out where JSON's escapes would hide them from a later search.
    """
    bundle = report.bundle
    content = {
        "version": VERSION,
        "status": report.status,
        "exitCode": report.exit_code,
        "space": str(report.space) if report.space else None,
        "source": {"repository": source.repository or None, "commit": source.commit or None},
        "toolVersion": source.version or None,
        "problems": [_problem(each) for each in _sorted(report.problems)],
        "notices": [_notice(each) for each in _sorted(report.notices)],
        "backend": _backend(bundle.backend, report) if bundle else None,
        "dependencies": asdict(bundle.installed) if bundle and bundle.installed else None,
        "bundle": _bundle(bundle, report) if bundle else None,
        "target": _target(report.intent) if report.intent else None,
        "files": {name: list(paths) for name, paths in asdict(report.files).items()},
        "settings": [_setting(each) for each in report.intent.settings] if report.intent else [],
        "frontend": {"state": report.frontend.state, "diff": report.frontend.diff or None},
    }
    return json.dumps(_clean(content, scrub), indent=2, ensure_ascii=False) + "\n"


def _clean(value: Any, scrub: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _clean(each, scrub) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each, scrub) for each in value]
    return scrub(value) if isinstance(value, str) and _ESCAPED.search(value) else value


Found = TypeVar("Found", Problem, Notice)


def _sorted(found: Iterable[Found]) -> list[Found]:
    """In an order that doesn't hang on which reading came first."""
    return sorted(found, key=str)


def _problem(problem: Problem) -> dict[str, Any]:
    return {"exitCode": problem.exit, **_said(problem)}


def _notice(notice: Notice) -> dict[str, Any]:
    return {"severity": "warning" if notice.warning else "note", **_said(notice)}


def _said(found: Problem | Notice) -> dict[str, Any]:
    where = found.where or Where()
    return {
        "message": found.message,
        "hint": found.hint or None,
        "file": where.file,
        "line": where.line,
        "input": where.input,
    }


def _backend(backend: Backend, report: Report) -> dict[str, Any]:
    return {
        "folder": backend.folder,
        "app": backend.app,
        "appReason": backend.app_reason or None,
        **_place(backend.app_file, backend.app_line),
        "port": backend.app_port,
        "python": backend.python_version,
        "pythonReason": backend.python_reason or None,
        "healthPath": backend.health_path,
        "healthPathFound": backend.health_found,
        "healthPathReason": backend.health_reason or None,
        "dockerfile": backend.dockerfile or None,
        "routes": [_route(each) for each in backend.routes],
        "environment": [_name(each, report) for each in backend.environment],
        "origins": _origins(backend),
    }


def _place(file: str, line: int) -> dict[str, Any]:
    return {"file": file or None, "line": line or None}


def _route(route: Route) -> dict[str, Any]:
    return {
        "method": route.method,
        "path": route.path,
        "summary": route.summary or None,
        **_place(route.file, route.line),
    }


def _name(item: EnvironmentName, report: Report) -> dict[str, Any]:
    return {
        "name": item.name,
        "required": item.required,
        "default": shown_default(item),
        "givenBy": provider(item, report) or None,
        **_place(item.file, item.line),
    }


def _origins(backend: Backend) -> dict[str, Any] | None:
    setting = backend.origins
    if setting is None:
        return None
    form = "one" if setting.single else "json" if setting.as_json else "commas"
    return {"name": setting.name, "form": form, **_place(setting.file, setting.line)}


def _bundle(bundle: Bundle, report: Report) -> dict[str, Any]:
    made = {kind: text for _, kind, text in made_texts(bundle)}
    return {
        "digest": report.bundle_digest or None,
        "size": bundle.size,
        "files": [
            {
                "path": file.path,
                "size": file.digest.size,
                "blob": file.digest.blob,
                "source": file.source,
            }
            for file in bundle.files
        ],
        "leftOut": [
            {"path": each.path, "rule": each.rule, "from": each.origin} for each in bundle.left_out
        ],
        "dockerfile": made.get("dockerfile"),
        "frontMatter": made.get("yaml"),
    }


def _target(intent: Intent) -> dict[str, Any]:
    resize = intent.resize
    return {
        "compared": intent.compared,
        "creates": intent.creates,
        "effect": intent.effect,
        "visibility": intent.visibility,
        "hardware": {"before": resize.hardware_before, "after": resize.hardware},
        "sleepTime": {"before": resize.sleep_time_before, "after": resize.sleep_time},
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name,
        "kind": "variable" if setting.public else "secret",
        "change": setting.change,
        "givenBy": setting.given_by or None,
        "before": setting.before,
        "after": setting.after,
    }
