"""One module for a literal that stands in many files."""

from __future__ import annotations

import pytest

from deployer.frontend import plan_frontend, redo
from deployer.model import FrontendPlan, FrontendState
from tests.unit.frontend.clients import DEPLOYED, Workspace, after, of, request

CALL = "export const ask = () => fetch('http://localhost:8000/api/chat');\n"
VITE = '{"dependencies": {"vite": "*"}}'


def client(*paths: str, call: str = CALL, **more: str) -> Workspace:
    files = {path: call for path in paths}
    return of({"package.json": more.pop("package", VITE), **files, **more})


def changed(plan: FrontendPlan) -> list[str]:
    return [change.path for change in plan.changes]


def test_from_three_files_on_they_import_the_address() -> None:
    plan = plan_frontend(request(), client("src/a.js", "src/b/c.js", "src/b/d.js"))

    assert changed(plan) == ["src/backendUrl.js", "src/a.js", "src/b/c.js", "src/b/d.js"]
    assert after(plan, "src/b/c.js").startswith("import { BACKEND_URL } from '../backendUrl';\n")
    assert after(plan, "src/backendUrl.js").count(DEPLOYED) == 1


def test_two_files_keep_an_address_each() -> None:
    assert changed(plan_frontend(request(), client("src/a.js", "src/b.js"))) == [
        "src/a.js",
        "src/b.js",
    ]


@pytest.mark.parametrize(
    ("package", "beside"),
    [
        ("{}", {}),
        (VITE, {"tsconfig.json": '{"compilerOptions": {"moduleResolution": "NodeNext"}}'}),
    ],
)
def test_where_no_bundler_resolves_imports_each_file_keeps_its_own(
    package: str, beside: dict[str, str]
) -> None:
    files = client("src/a.js", "src/b.js", "src/c.js", package=package, **beside)

    assert changed(plan_frontend(request(), files)) == ["src/a.js", "src/b.js", "src/c.js"]


def test_scripts_without_exports_are_no_modules() -> None:
    call = CALL.removeprefix("export ")

    plan = plan_frontend(request(), client("src/a.js", "src/b.js", "src/c.js", call=call))

    assert changed(plan) == ["src/a.js", "src/b.js", "src/c.js"]


def test_a_name_that_is_taken_is_not_taken_again() -> None:
    files = client("src/a.js", "src/b.js", "src/c.js")
    files.files["src/backendUrl.tsx"] = b"export const x = 1;\n"
    files.files["src/a.js"] += b"const BACKEND_URL = 1;\n"

    plan = plan_frontend(request(), files)

    assert changed(plan)[0] == "src/deployedBackendUrl.js"
    assert "import { DEPLOYED_BACKEND_URL } from './deployedBackendUrl';" in after(plan, "src/b.js")


@pytest.mark.parametrize("folder", ["pages", "src/pages/chat", "src/routes"])
def test_the_module_never_becomes_a_page(folder: str) -> None:
    plan = plan_frontend(request(), client(*(f"{folder}/{name}.js" for name in "abc")))

    assert "pages" not in changed(plan)[0]
    assert "routes" not in changed(plan)[0]


def test_typescript_only_where_the_project_has_it() -> None:
    scripts = ("src/a.ts", "src/b.tsx", "src/c.js")
    typed = client(*scripts, **{"tsconfig.json": "{}"})

    assert changed(plan_frontend(request(), typed))[0] == "src/backendUrl.ts"
    assert changed(plan_frontend(request(), client(*scripts)))[0] == "src/backendUrl.js"


def test_redone_a_file_that_vanished_is_left_out() -> None:
    files = client("src/a.js", "src/b.js", "src/c.js")
    plan = plan_frontend(request(), files)
    del files.files["src/b.js"]
    files.files["src/c.js"] = b"// newer\n" + files.files["src/c.js"]

    again = redo(plan, request(), files.read)

    assert changed(again) == ["src/backendUrl.js", "src/a.js", "src/c.js"]
    assert "// newer" in after(again, "src/c.js")
    assert "${BACKEND_URL}/api/chat" in after(again, "src/c.js")


def test_redone_where_every_file_has_it_nothing_is_left_to_change() -> None:
    files = client("src/a.js", "src/b.js", "src/c.js")
    plan = plan_frontend(request(), files)
    for change in plan.changes:
        files.files[change.path] = change.after

    assert redo(plan, request(), files.read).state is FrontendState.CURRENT


def test_redone_where_somebody_else_took_the_modules_name_each_file_keeps_its_own() -> None:
    files = client("src/a.js", "src/b.js", "src/c.js")
    plan = plan_frontend(request(), files)
    files.files["src/backendUrl.js"] = b"export const other = 1;\n"

    again = redo(plan, request(), files.read)

    assert changed(again) == ["src/a.js", "src/b.js", "src/c.js"]
    assert "import" not in after(again, "src/a.js")


@pytest.mark.parametrize(("framework", "folder"), [("next", "lib"), ("nuxt", "lib")])
def test_beside_the_manifest_nothing_is_written_that_a_later_run_would_not_read(
    framework: str, folder: str
) -> None:
    package = f'{{"dependencies": {{"{framework}": "*"}}}}'
    files = client("components/a.js", "utils/b.js", "hooks/c.js", package=package)
    plan = plan_frontend(request(), files)
    for change in plan.changes:
        files.files[change.path] = change.after

    again = plan_frontend(request(url="https://bob-other.hf.space"), files)

    assert changed(plan)[0] == f"{folder}/backendUrl.js"
    assert changed(again) == [f"{folder}/backendUrl.js"]


def test_redone_where_the_module_is_there_only_the_files_change() -> None:
    files = client("src/a.js", "src/b.js", "src/c.js")
    plan = plan_frontend(request(), files)
    files.files["src/backendUrl.js"] = plan.changes[0].after

    assert changed(redo(plan, request(), files.read)) == ["src/a.js", "src/b.js", "src/c.js"]


def test_what_is_copied_as_it_is_imports_nothing() -> None:
    files = client("public/a.js", "public/b.js", "public/c.js")

    assert changed(plan_frontend(request(), files)) == ["public/a.js", "public/b.js", "public/c.js"]
