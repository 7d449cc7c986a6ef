"""Texts for people, tools of a developer, packages of a workspace and what is written by hand."""

from __future__ import annotations

import pytest

from deployer.frontend import plan_frontend
from deployer.model import FrontendPlan
from tests.unit.frontend.clients import DEPLOYED, of, request

CLIENT = (
    "export const API = 'http://localhost:8000';\n"
    "export const ask = () => fetch(`${API}/api/chat`);\n"
)
VITE = '{"dependencies": {"vite": "*"}}'


def planned(files: dict[str, str], package: str = VITE) -> FrontendPlan:
    return plan_frontend(request(), of({"package.json": package, **files}))


def changed(files: dict[str, str], package: str = VITE) -> dict[str, str]:
    return {c.path: c.after.decode() for c in planned(files, package).changes}


@pytest.mark.parametrize(
    "shown",
    [
        "export const Help = () => <code>{'http://localhost:8000'}</code>;\n",
        "export const Sample = () => <CodeBlock code={'http://localhost:8000/api/chat'} />;\n",
        "export const field = { example: 'http://localhost:8000' };\n",
        "export const placeholder = 'http://localhost:8000';\n",
        "prompt('http://localhost:8000');\n",
    ],
)
def test_an_address_that_people_only_read_stays(shown: str) -> None:
    after = changed({"src/a.tsx": CLIENT + shown})

    assert after["src/a.tsx"].endswith(shown)


@pytest.mark.parametrize("name", ["apiUrl", "host", "backend"])
def test_an_address_in_braces_of_an_attribute_for_it_is_a_value(name: str) -> None:
    element = f"export const A = () => <Chat {name}={{'http://localhost:8000/api/chat'}} />;\n"

    assert f"'{DEPLOYED}/api/chat'" in changed({"src/a.tsx": element})["src/a.tsx"]


@pytest.mark.parametrize(
    "path",
    [
        "jest.setup.js",
        "vitest.setup.ts",
        "k6/chat.js",
        "mock-server/chat.js",
        "src/testing/chat.ts",
        "src/testHelpers.ts",
        "scripts/smoke.mjs",
        "scripts/seed.ts",
    ],
)
def test_what_only_a_developer_runs_stays(path: str) -> None:
    assert list(changed({"src/a.ts": CLIENT, path: CLIENT})) == ["src/a.ts"]


@pytest.mark.parametrize("path", ["src/api.config.ts", "src/app.config.ts", "src/testimonials.ts"])
def test_a_client_s_own_configuration_is_read(path: str) -> None:
    assert list(changed({path: CLIENT})) == [path]


@pytest.mark.parametrize("name", ["tailwind", "eslint", "svelte", "webpack.prod"])
def test_a_tool_s_configuration_stays(name: str) -> None:
    assert changed({f"{name}.config.js": CLIENT}) == {}


def test_a_folder_named_scripts_may_hold_the_page_s_own() -> None:
    page = CLIENT + "document.title = 'Chat';\n"

    assert list(changed({"scripts/main.js": page})) == ["scripts/main.js"]


@pytest.mark.parametrize(
    "line",
    [
        "throw new Error(`no backend at http://localhost:8000`);\n",
        "export const sample = `\nfetch('http://localhost:8000/api/chat')\n`;\n",
        "if (API.includes('localhost:8000')) console.log(1);\n",
    ],
)
def test_a_sentence_or_a_question_is_not_named_as_an_address(line: str) -> None:
    assert not [n for n in planned({"src/a.ts": CLIENT + line}).notices if "by hand" in n.hint]


def test_a_choice_inside_a_template_is_not_named_again() -> None:
    load = (
        "export const load = () => "
        "fetch(`${import.meta.env.VITE_API ?? 'http://localhost:8000'}/api/chat`);\n"
    )
    plan = planned({"src/a.ts": load})

    assert plan.changes
    assert not [n for n in plan.notices if "by hand" in n.hint]


def test_a_guarded_process_before_the_address_goes() -> None:
    guarded = (
        "export const API =\n  (typeof process !== 'undefined' && process.env?.API_URL) ||\n"
        "  'http://localhost:8000/api';\nexport const ask = () => fetch(`${API}/chat`);\n"
    )
    after = changed({"src/a.js": guarded}, '{"dependencies": {"@docusaurus/core": "*"}}')

    assert "process" not in after["src/a.js"]
    assert f"'{DEPLOYED}/api'" in after["src/a.js"]


def test_what_is_written_by_hand_keeps_the_path() -> None:
    enum = "export enum Url { Chat = 'http://localhost:8000/api/chat' }\n"
    (notice,) = [n for n in planned({"src/a.ts": enum}).notices if "enum" in n.message]

    assert notice.hint.endswith(f"? 'http://localhost:8000/api/chat' : '{DEPLOYED}/api/chat'")


def test_a_native_app_s_other_local_address_is_no_production() -> None:
    choice = (
        "const API = Platform.OS === 'android' ? 'http://10.0.2.2:8000' : 'http://localhost:8000';\n"
        "export const ask = () => fetch(`${API}/api/chat`);\n"
    )
    plan = planned({"src/a.ts": choice}, '{"dependencies": {"expo": "*"}}')

    assert plan.changes == ()
    assert [n.hint for n in plan.notices] == [
        f"Write by hand: __DEV__ ? 'http://localhost:8000' : '{DEPLOYED}'"
    ]


@pytest.mark.parametrize("manifest", ["package.json", "pnpm-workspace.yaml"])
def test_a_package_of_a_workspace_keeps_the_variable_of_who_builds_it(manifest: str) -> None:
    api = (
        "const API = process.env.NEXT_PUBLIC_API_URL || 'http://localhost:8000';\n"
        "export const ask = () => fetch(`${API}/api/chat`);\n"
    )
    files = {
        manifest: '{"workspaces": ["packages/*"]}',
        "packages/api/package.json": '{"name": "api"}',
        "packages/api/src/index.ts": api,
    }
    after = {c.path: c.after.decode() for c in plan_frontend(request(), of(files)).changes}

    assert "process.env.NEXT_PUBLIC_API_URL || (" in after["packages/api/src/index.ts"]


def test_a_web_socket_s_variable_is_set_beside_the_other() -> None:
    code = (
        "export const ask = () => fetch(`${import.meta.env.VITE_API_URL}/api/chat`);\n"
        "export const open = () => new WebSocket(import.meta.env.VITE_WS_URL);\n"
    )
    samples = "VITE_API_URL=http://localhost:8000\nVITE_WS_URL=ws://localhost:8000/ws\n"
    after = changed({"src/a.ts": code, ".env.example": samples})

    host = DEPLOYED.removeprefix("https://")
    assert after[".env.production"] == f"VITE_API_URL={DEPLOYED}\nVITE_WS_URL=wss://{host}/ws\n"


def test_a_client_s_own_list_of_hosts_stays_and_asks_for_the_page_first() -> None:
    own = "['localhost', '192.168.1.5'].includes(window.location.hostname)"
    choice = (
        f"export const API = {own} ? 'http://localhost:8000' : 'https://old.onrender.com';\n"
        "export const ask = () => fetch(`${API}/api/chat`);\n"
    )
    after = changed({"src/a.ts": choice})["src/a.ts"]

    assert f"(typeof window !== 'undefined' && window.location && ({own})) ?" in after


def test_a_development_port_of_the_page_is_a_local_side() -> None:
    choice = (
        "export const API = window.location.port === '5173' ? 'http://localhost:8000' : '';\n"
        "export const ask = () => fetch(`${API}/api/chat`);\n"
    )

    assert planned({"src/a.ts": choice}).changes == ()


def test_a_configuration_is_told_to_ask_for_the_build_s_mode() -> None:
    config = (
        "module.exports = { rewrites: async () => [{ source: '/api/:path*', destination:\n"
        "  process.env.NODE_ENV === 'development' ? 'http://127.0.0.1:8000/api/:path*' : '/api/'\n"
        "}] };\n"
    )
    page = "'use client';\nexport const ask = () => fetch('/api/chat');\n"
    files = {"next.config.js": config, "app/page.tsx": page}
    plan = planned(files, '{"dependencies": {"next": "*"}}')

    (notice,) = [n for n in plan.notices if "by hand" in n.hint]
    assert notice.hint == (
        "Write by hand: process.env.NODE_ENV !== 'production' "
        f"? 'http://127.0.0.1:8000/api/:path*' : '{DEPLOYED}/api/:path*'"
    )


@pytest.mark.parametrize(
    "base",
    [
        "const API_BASE: string = '/api';\nexport const ask = () => fetch(`${API_BASE}/chat`);\n",
        "const api = axios.create({ baseURL: '/api' });\nexport const x = api.post('/chat');\n",
    ],
)
def test_a_relative_base_that_nothing_sends_on_is_named(base: str) -> None:
    (notice,) = planned({"src/a.ts": base}).notices

    assert "calls /api/chat on its own host" in notice.message
    assert str(notice.where) == "src/a.ts:1"


def test_another_base_of_the_same_client_is_no_relative_one() -> None:
    base = "const API_BASE = '/v2';\nexport const ask = () => fetch(`${API_BASE}/chat`);\n"

    assert planned({"src/a.ts": base}).notices == ()
