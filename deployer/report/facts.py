"""What a plan has found, a line a fact, the ones first that a person looks for first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from deployer.credentials import names
from deployer.model import Backend, Bundle, EnvironmentName, FrontendState, Installed
from deployer.report import Report
from deployer.report.intent import Change, Effect, Intent, Resize, Setting
from deployer.report.tree import amount, size
from deployer.scrub import HIDDEN, contains_key

Mark = Callable[[str], str]
"""How a name of the user's is set off from the text: as Markdown's code, or not at all."""

CARRIES: Final = {
    FrontendState.NONE: "none is touched",
    FrontendState.CURRENT: "calls this Space already",
    FrontendState.CHANGE: "would be rewritten to call this Space",
    FrontendState.DOUBTFUL: "more than one client could be meant, so none is touched",
}


def facts(report: Report, mark: Mark) -> Iterator[tuple[str, str]]:
    """Titles and texts; nothing when no backend could be read."""
    bundle, intent = report.bundle, report.intent
    if bundle is None:
        return
    backend = bundle.backend
    yield "App", _app(backend, mark)
    yield "Health path", _health(backend, mark)
    yield "Python", because(mark(backend.python_version), backend.python_reason)
    yield "Installs", _installs(bundle.installed, backend, mark)
    yield "Needs", _needs(report, mark)
    yield "Ships", _ships(bundle, mark)
    yield "CORS origins", _origins(backend, mark)
    if intent is not None:
        yield "The Space", _space(report, intent, mark)
    yield "Frontend", CARRIES[report.frontend.state]


def because(text: str, reason: str) -> str:
    """``text``, and why."""
    return f"{text}: {reason}" if reason else text


def place(file: str, line: int) -> str:
    """``file:line`` as far as known."""
    return f"{file}:{line}" if file and line else file


def provider(item: EnvironmentName, report: Report) -> str:
    """The input that gives a name, ``space``, ``hub``, or "" for nobody."""
    if item.name.upper() in names.RESERVED:
        return "hub"
    if report.intent is None:  # the run ended before the Space was compared
        given = report.names
        return (
            "secrets"
            if item.name in given.secrets
            else "variables" * (item.name in given.variables)
        )
    # pydantic-settings reads its names in any case.
    settings = report.intent.settings
    found = [each for each in settings if each.name.upper() == item.name.upper()]
    there = [each for each in found if each.change not in (Change.MISSING, Change.PRUNED)]
    return (there[0].given_by or "space") if there else ""


def shown_default(item: EnvironmentName) -> str | None:
    """A name's default for others to read: hidden when it may be a credential, None for none."""
    if item.default is None:
        return None
    by_name = names.is_sensitive(item.name) or "DATABASE" in item.name.upper()
    hidden = item.default and (by_name or "@" in item.default or contains_key(item.default))
    return HIDDEN if hidden else item.default


def lacking(report: Report) -> list[str]:
    """Names that the code can't do without and that nobody gives."""
    environment = report.bundle.backend.environment if report.bundle else ()
    return [each.name for each in environment if each.required and not provider(each, report)]


def would_send(intent: Intent, *, public: bool) -> list[Setting]:
    """The secrets, or the variables, that a deploy would set."""
    wanted = (Change.NEW, Change.CHANGED)
    return [each for each in intent.settings if each.public is public and each.change in wanted]


def _app(backend: Backend, mark: Mark) -> str:
    at = place(backend.app_file, backend.app_line)
    return because(mark(backend.app) + (f", in {mark(at)}" if at else ""), backend.app_reason)


def _health(backend: Backend, mark: Mark) -> str:
    path = mark(backend.health_path)
    if backend.health_reason:
        return because(path, backend.health_reason)
    if not backend.health_found:
        return f"{path}, a guess: no health route was found; set `health-path`"
    routes = (r for r in backend.routes if r.method == "GET" and r.path == backend.health_path)
    at = next((place(route.file, route.line) for route in routes), "")
    return f"{path}, in {mark(at)}" if at else path


def _installs(installed: Installed | None, backend: Backend, mark: Mark) -> str:
    if installed is None:
        return f"what {mark(backend.dockerfile)} says" if backend.dockerfile else "not known"
    fixed = ", every version fixed" if installed.locked else ""
    count = amount(len(installed.packages), "package")
    text = because(f"{count} from {mark(installed.manifest)}{fixed}", installed.reason)
    system = ", ".join(mark(each) for each in installed.system)
    return f"{text}; Debian packages: {system}" if system else text


def _needs(report: Report, mark: Mark) -> str:
    environment = report.bundle.backend.environment if report.bundle else ()
    if not environment:
        return "nothing from its environment"
    read = amount(len(environment), "name")
    missing = lacking(report)
    if missing:
        shown = ", ".join(mark(name) for name in missing)
        return f"{shown}: required, and nobody gives a value ({read} read)"
    given = sum(1 for each in environment if provider(each, report))
    if given:
        return f"nothing more: {read} read, {given} given, the others not required"
    return f"nothing: {read} read, none of them required"


def _ships(bundle: Bundle, mark: Mark) -> str:
    backend = bundle.backend
    image = (
        f"{mark(backend.dockerfile)} is the image" if backend.dockerfile else "a made Dockerfile"
    )
    return (
        f"{amount(len(bundle.files), 'file')}, {size(bundle.size)}, from {mark(backend.folder)}; "
        f"{len(bundle.left_out)} left out; {image}, port {backend.app_port}"
    )


def _origins(backend: Backend, mark: Mark) -> str:
    if backend.origins is None:
        return "from no environment name"
    form = " as a JSON list" if backend.origins.as_json else ""
    form = " (exactly one)" if backend.origins.single else form
    at = place(backend.origins.file, backend.origins.line)
    return f"from {mark(backend.origins.name)}{form}" + (f", in {mark(at)}" if at else "")


def _resized(resize: Resize, mark: Mark) -> str:
    hardware, asleep = resize.hardware, resize.sleep_time
    told = (
        f"hardware {mark(resize.hardware_before or '?')} → {mark(hardware)}" if hardware else "",
        f"sleep time {asleep} s" if asleep is not None else "",
    )
    return "; ".join(each for each in told if each)


_EFFECTS: Final = {
    Effect.BUILD: "would be built and started",
    Effect.RESTART: "would restart, and not be built again",
    Effect.NOTHING: "would be left running as it is",
}


def _space(report: Report, intent: Intent, mark: Mark) -> str:
    if not intent.compared:
        return "not looked at: that takes `hf-token`. All is shown as if the Space were new"
    if intent.creates:
        hardware = f", hardware {mark(intent.resize.hardware)}" if intent.resize.hardware else ""
        return f"does not exist: it would be created ({intent.visibility}{hardware}) and built"
    files = report.files
    parts = [
        f"{len(paths)} {what}"
        for what, paths in (
            ("added", files.added),
            ("changed", files.changed),
            ("removed", files.removed),
        )
        if paths
    ]
    counts = [
        amount(len(would_send(intent, public=public)), noun)
        for public, noun in ((False, "secret"), (True, "variable"))
        if would_send(intent, public=public)
    ]
    told = [
        f"files: {', '.join(parts)}" if parts else "",
        " and ".join(counts),
        _resized(intent.resize, mark),
    ]
    what = "; ".join(each for each in told if each)
    return because(_EFFECTS[intent.effect], what)
