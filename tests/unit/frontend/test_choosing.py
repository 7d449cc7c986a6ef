"""Which frontend is changed, which is only shown, and which is left alone."""

from __future__ import annotations

import pytest

from deployer.errors import Exit, Refused
from deployer.frontend import plan_frontend, redo, unified_diff
from deployer.frontend.request import FrontendRequest
from deployer.model import FrontendState
from tests.unit.frontend.clients import DEPLOYED, after, of, request

CLIENT = "export const API_URL = 'http://localhost:8000';\n"
PACKAGE = '{"dependencies": {"@docusaurus/core": "3"}}'


def test_with_none_the_frontend_is_left_alone() -> None:
    wanted = FrontendRequest(paths=(), backend_folder="backend", backend_url=DEPLOYED)

    assert plan_frontend(wanted, of({"src/api.js": CLIENT})).state is FrontendState.NONE


def test_without_a_frontend_there_is_nothing_to_do() -> None:
    plan = plan_frontend(request(), of({"backend/app/main.py": "app = 1\n"}))

    assert plan.state is FrontendState.NONE
    assert plan.notices == ()


def test_the_backend_folder_is_never_searched() -> None:
    files = of({"backend/static/chat.js": CLIENT, "web/index.html": "<p>", "web/chat.js": CLIENT})

    plan = plan_frontend(request(), files)

    assert [change.path for change in plan.changes] == ["web/chat.js"]
    assert not [path for path in files.opened if path.startswith("backend/")]


def test_ignored_folders_are_not_entered() -> None:
    files = of(
        {f"web/{name}/chat.js": CLIENT for name in ("node_modules", "build", ".next", "tests")}
    )

    assert plan_frontend(request(), files).state is FrontendState.NONE
    assert not [path for path in files.opened if path.endswith("chat.js")]


def test_two_frontends_that_call_the_backend_are_shown_and_not_changed() -> None:
    files = {f"{name}/package.json": PACKAGE for name in ("web", "admin")}
    files |= {f"{name}/src/api.js": CLIENT for name in ("web", "admin")}

    plan = plan_frontend(request(), of(files))

    assert plan.state is FrontendState.DOUBTFUL
    assert len(plan.changes) == 2
    assert [notice.hint for notice in plan.notices] == [
        "If it is the one, set `frontend: admin`.",
        "If it is the one, set `frontend: web`.",
    ]


def test_of_two_frontends_the_one_that_uses_the_routes_is_changed() -> None:
    files = {f"{name}/package.json": PACKAGE for name in ("web", "admin")}
    files["admin/src/api.js"] = CLIENT
    files["web/src/api.js"] = CLIENT + "fetch(`${API_URL}/api/chat`);\n"

    plan = plan_frontend(request(), of(files))

    assert plan.state is FrontendState.CHANGE
    assert [change.path for change in plan.changes] == ["web/src/api.js"]


def test_a_named_frontend_is_changed_although_there_are_two() -> None:
    files = {f"{name}/package.json": PACKAGE for name in ("web", "admin")}
    files |= {f"{name}/src/api.js": CLIENT for name in ("web", "admin")}

    plan = plan_frontend(request("admin"), of(files))

    assert plan.state is FrontendState.CHANGE
    assert [change.path for change in plan.changes] == ["admin/src/api.js"]


def test_an_address_that_only_the_port_speaks_for_is_doubtful() -> None:
    plan = plan_frontend(request(), of({"src/a.js": "const place = 'http://localhost:8000';\n"}))

    assert plan.state is FrontendState.DOUBTFUL
    assert "nothing in the code proves it" in plan.notices[0].message
    assert plan.notices[0].hint == "If it is the one, set `frontend: src/a.js`."


def test_a_named_file_needs_no_proof() -> None:
    files = of({"src/a.js": "const place = 'http://localhost:5005';\n"})

    plan = plan_frontend(request("src/a.js"), files)

    assert plan.state is FrontendState.CHANGE
    assert plan.local_url == "http://localhost:5005"


@pytest.mark.parametrize("address", ["http://localhost:5005", "https://x.onrender.com"])
def test_another_place_with_the_backends_routes_is_doubtful(address: str) -> None:
    source = f"const API = '{address}';\nfetch(`${{API}}/api/chat`);\n"

    assert plan_frontend(request(), of({"a.js": source})).state is FrontendState.DOUBTFUL


def test_a_known_local_url_makes_its_port_the_backends() -> None:
    source = "const API = 'http://localhost:5005';\nfetch(`${API}/api/chat`);\n"

    plan = plan_frontend(request(local_url="http://localhost:5005"), of({"a.js": source}))

    assert plan.state is FrontendState.CHANGE


def test_the_given_local_url_is_written_into_the_client() -> None:
    plan = plan_frontend(request(local_url="http://localhost:9000/"), of({"src/api.js": CLIENT}))

    assert "? 'http://localhost:9000'" in after(plan, "src/api.js")
    assert "8000" not in after(plan, "src/api.js")


def test_without_known_routes_port_and_name_are_enough() -> None:
    plan = plan_frontend(request(routes=()), of({"src/api.js": CLIENT}))

    assert plan.state is FrontendState.CHANGE


@pytest.mark.parametrize(
    ("host", "state"),
    [
        ("old-backend.onrender.com", FrontendState.CHANGE),
        ("api.company.example", FrontendState.DOUBTFUL),
    ],
)
def test_a_production_host_elsewhere_is_moved_only_from_a_hosting_service(
    host: str, state: FrontendState
) -> None:
    source = (
        "const isLocal = window.location.hostname === 'localhost';\n"
        f"const API_URL = isLocal ? 'http://localhost:8000' : 'https://{host}';\n"
        "fetch(`${API_URL}/api/chat`);\n"
    )

    plan = plan_frontend(request(), of({"src/api.js": source}))

    assert plan.state is state
    assert any(host in notice.message for notice in plan.notices)


def test_several_spaces_in_one_frontend_are_shown() -> None:
    source = (
        "fetch('https://ada-one.hf.space/api/chat');\nfetch('https://ada-two.hf.space/api/chat');\n"
    )

    plan = plan_frontend(request(), of({"src/api.js": source}))

    assert plan.state is FrontendState.DOUBTFUL
    assert "ada-one.hf.space, ada-two.hf.space" in plan.notices[0].message


def test_a_space_that_no_route_speaks_for_is_left_alone() -> None:
    source = "export const IMAGES = 'https://somebody-images.hf.space';\n"

    assert plan_frontend(request(), of({"src/api.js": source})).state is FrontendState.NONE


def test_what_cannot_be_changed_is_named_with_its_line() -> None:
    files = of(
        {
            "src/api.ts": CLIENT,
            "src/urls.ts": "\nexport enum Urls {\n  CHAT_API = 'http://localhost:8000',\n}\n",
        }
    )

    plan = plan_frontend(request(), files)

    assert [change.path for change in plan.changes] == ["src/api.ts"]
    [notice] = plan.notices
    assert str(notice.where) == "src/urls.ts:3"
    assert DEPLOYED in notice.hint


def test_a_file_that_does_not_parse_is_named_when_it_has_the_address() -> None:
    files = of({"src/api.js": CLIENT, "src/broken.js": "\nconst a = 'http://localhost:8000' +;\n"})

    plan = plan_frontend(request(), files)

    assert [change.path for change in plan.changes] == ["src/api.js"]
    assert [str(notice.where) for notice in plan.notices] == ["src/broken.js:2"]


def test_the_only_client_that_does_not_parse_is_named() -> None:
    plan = plan_frontend(request(), of({"src/broken.js": "const a = 'http://127.0.0.1:8000' +;\n"}))

    assert plan.state is FrontendState.NONE
    assert [str(notice.where) for notice in plan.notices] == ["src/broken.js:1"]


def test_server_code_that_the_framework_does_not_build_is_named_and_left() -> None:
    relay = "import 'express';\nconst API_URL = process.env.API_URL || 'http://localhost:8000';\n"
    files = of({"package.json": '{"dependencies": {"next": "15"}}', "src/relay.ts": relay})

    plan = plan_frontend(request(), files)

    assert plan.state is FrontendState.NONE
    assert [str(notice.where) for notice in plan.notices] == ["src/relay.ts:2"]
    assert not plan.notices[0].warning


def test_a_named_path_without_an_address_says_so() -> None:
    plan = plan_frontend(request("web"), of({"web/a.js": "const a = 1;\n"}))

    assert plan.state is FrontendState.NONE
    assert "web" in plan.notices[0].message


# --- inputs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("missing.js", "does not exist"),
        ("web/missing", "does not exist"),
        ("../other", "leaves the workspace"),
        ("web/../../other", "leaves the workspace"),
        ("/etc/passwd", "leaves the workspace"),
        ("linked", "is a link"),
    ],
)
def test_a_path_that_cannot_be_used_is_refused(path: str, fault: str) -> None:
    files = of({"web/a.js": CLIENT})
    files.links["linked"] = "web"

    with pytest.raises(Refused) as refused:
        plan_frontend(request(path), files)

    [problem] = refused.value.problems
    assert problem.exit is Exit.CONFIGURATION
    assert fault in problem.message
    assert str(problem.where) == "input `frontend`"


def test_all_unusable_paths_are_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        plan_frontend(request("a.js", "b.js"), of({"web/a.js": CLIENT}))

    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("path", [".", "./web", "web/", "web/a.js", "web//a.js"])
def test_a_path_may_be_written_in_any_form(path: str) -> None:
    assert plan_frontend(request(path), of({"web/a.js": CLIENT})).state is FrontendState.CHANGE


@pytest.mark.parametrize(
    "url",
    [
        "https://a.hf.space'",
        'https://a.hf.space"',
        "https://a.hf.space`",
        "https://${a}.hf.space",
        "https://a.hf.space\n",
        "https://a.hf.space</script>",
        "https://a.hf.space\\",
        "https://a b.hf.space",
        "https://a.hf.space/",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_is_no_plain_origin_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        plan_frontend(request(url=url), of({"web/a.js": CLIENT}))

    assert refused.value.exit is Exit.CONFIGURATION


@pytest.mark.parametrize("url", ["http://localhost:8000'", "localhost:8000", "http://h/a b"])
def test_a_local_url_that_is_no_plain_origin_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        plan_frontend(request(local_url=url), of({"web/a.js": CLIENT}))

    assert str(refused.value.problems[0].where) == "input `local-url`"


@pytest.mark.parametrize("url", ["http://127.0.0.1:43211", "http://ada-bot.localhost:8100"])
def test_a_local_hub_is_an_address_like_any_other(url: str) -> None:
    files = of({"src/api.js": CLIENT})
    plan = plan_frontend(request(url=url), files)
    files.files["src/api.js"] = plan.changes[0].after

    assert f": '{url}'" in after(plan, "src/api.js")
    assert plan_frontend(request(url=url), files).state is FrontendState.CURRENT
    assert url not in after(plan_frontend(request(), files), "src/api.js")


# --- build variables ------------------------------------------------------------------------------

READS = "export const API_URL = process.env.NEXT_PUBLIC_API_URL;\nfetch(`${API_URL}/api/chat`);\n"
NEXT = {"package.json": '{"dependencies": {"next": "15"}}', "lib/api.ts": READS}


def test_a_variable_without_a_fallback_is_set_for_production_builds() -> None:
    plan = plan_frontend(request(), of(NEXT))

    assert plan.state is FrontendState.CHANGE
    assert plan.changes[0].before is None
    assert after(plan, ".env.production") == f"NEXT_PUBLIC_API_URL={DEPLOYED}\n"


def test_the_path_of_an_example_file_is_kept() -> None:
    files = {**NEXT, ".env.example": "NEXT_PUBLIC_API_URL=http://localhost:8000/api/\n"}

    plan = plan_frontend(request(), of(files))

    assert after(plan, ".env.production") == f"NEXT_PUBLIC_API_URL={DEPLOYED}/api/\n"


def test_other_lines_of_an_existing_file_are_kept() -> None:
    old = "# ours\r\nA=1\r\nNEXT_PUBLIC_API_URL=\"https://older.hf.space/api\" # x\r\nB='2'"

    plan = plan_frontend(request(), of({**NEXT, ".env.production": old}))

    assert after(plan, ".env.production") == old.replace("https://older.hf.space", DEPLOYED)


def test_a_committed_local_address_is_overridden_for_production() -> None:
    code = "const API_URL = process.env.NEXT_PUBLIC_API_URL || 'http://localhost:8000';\n"
    files = {**NEXT, "lib/api.ts": code, ".env": "NEXT_PUBLIC_API_URL=http://localhost:8000\n"}

    plan = plan_frontend(request(), of(files))

    assert {change.path for change in plan.changes} == {"lib/api.ts", ".env.production"}


def test_a_variable_that_names_this_space_is_current() -> None:
    files = {**NEXT, ".env.production": f"NEXT_PUBLIC_API_URL={DEPLOYED}\n"}

    assert plan_frontend(request(), of(files)).state is FrontendState.CURRENT


VITE = '{"dependencies": {"vite": "8"}}'
CALL = "\nfetch(`${API_URL}/chat`);\n"


@pytest.mark.parametrize(
    "value",
    [
        "import.meta.env.PROD ? import.meta.env.VITE_API_URL : 'http://localhost:8000/api'",
        "import.meta.env.DEV ? 'http://localhost:8000/api' : import.meta.env.VITE_API_URL",
        "isLocal ? 'http://localhost:8000/api' : import.meta.env.VITE_API_URL!",
    ],
)
def test_a_variable_that_is_the_production_side_of_a_choice_gets_its_value(value: str) -> None:
    files = {"package.json": VITE, "src/api.ts": f"const API_URL = {value};{CALL}"}

    plan = plan_frontend(request(), of(files))

    assert [change.path for change in plan.changes] == [".env.production"]
    assert after(plan, ".env.production") == f"VITE_API_URL={DEPLOYED}/api\n"
    assert [notice.warning for notice in plan.notices] == [False]


@pytest.mark.parametrize(
    "value",
    [
        "import.meta.env.VITE_API_URL ? import.meta.env.VITE_API_URL : 'http://localhost:8000/api'",
        "import.meta.env.VITE_API_URL?.replace(/x$/, '') ?? 'http://localhost:8000/api'",
        "import.meta.env.VITE_API_URL || '' || 'http://localhost:8000/api'",
    ],
)
def test_a_variable_with_a_fallback_needs_no_file(value: str) -> None:
    files = {"package.json": VITE, "src/api.ts": f"const API_URL = {value};{CALL}"}

    plan = plan_frontend(request(), of(files))

    assert [change.path for change in plan.changes] == ["src/api.ts"]


@pytest.mark.parametrize(
    "source",
    [
        "const API_URL = import.meta.env.VITE_API_URL;\nfetch(`${API_URL}/chat`);",
        "const API_URL = import.meta.env.VITE_API_URL;\nfetch(API_URL + '/chat');",
        "fetch(`${import.meta.env.VITE_API_URL}/chat`);",
    ],
)
def test_a_variable_gets_the_path_that_makes_routes_of_the_calls(source: str) -> None:
    plan = plan_frontend(request(), of({"package.json": VITE, "src/api.ts": source}))

    assert plan.state is FrontendState.CHANGE
    assert after(plan, ".env.production") == f"VITE_API_URL={DEPLOYED}/api\n"


@pytest.mark.parametrize(
    ("name", "routes"),
    [
        ("VITE_API_URL", ("/api/chat", "/v2/chat")),
        ("VITE_API_URL", ("/api/answer",)),
        ("VITE_AUTH_API_URL", ("/api/chat",)),
    ],
)
def test_a_path_that_two_or_no_routes_end_with_gives_a_variable_no_value(
    name: str, routes: tuple[str, ...]
) -> None:
    source = f"const BASE = import.meta.env.{name};\nfetch(`${{BASE}}/chat`);\n"

    plan = plan_frontend(request(routes=routes), of({"package.json": VITE, "src/api.ts": source}))

    assert plan.state is FrontendState.NONE


def test_a_key_is_no_address() -> None:
    code = "export const key = process.env.NEXT_PUBLIC_API_KEY;\nfetch('/api/chat');\n"

    plan = plan_frontend(request(), of({**NEXT, "lib/api.ts": code}))

    assert plan.state is FrontendState.NONE


# --- doing it again on a newer commit -------------------------------------------------------------


def test_redone_on_a_newer_file_both_changes_are_there() -> None:
    plan = plan_frontend(request(), of({"src/api.js": CLIENT}))
    newer = {"src/api.js": f"// by somebody else\n{CLIENT}".encode()}

    again = redo(plan, request(), newer.get)

    assert again.changes[0].before == newer["src/api.js"]
    assert after(again, "src/api.js") == "// by somebody else\n" + after(plan, "src/api.js")


def test_redone_where_the_address_is_gone_nothing_is_left_to_change() -> None:
    plan = plan_frontend(request(), of({"src/api.js": CLIENT}))

    assert redo(plan, request(), {"src/api.js": b"export {};\n"}.get).changes == ()
    gone = redo(plan, request(), lambda _: None)
    assert gone.changes == ()
    assert gone.state is FrontendState.CURRENT


def test_redone_it_does_not_take_up_another_server() -> None:
    plan = plan_frontend(request(), of({"src/api.js": CLIENT}))
    newer = CLIENT + "export const MODEL_API = 'http://localhost:8001';\n"

    again = redo(plan, request(), {"src/api.js": newer.encode()}.get)

    assert "MODEL_API = 'http://localhost:8001'" in after(again, "src/api.js")


def test_redone_build_variables_keep_what_was_added() -> None:
    plan = plan_frontend(request(), of(NEXT))
    newer = {".env.production": b"OTHER=1\n"}

    again = redo(plan, request(), newer.get)

    assert after(again, ".env.production") == f"OTHER=1\nNEXT_PUBLIC_API_URL={DEPLOYED}\n"


# --- what is shown --------------------------------------------------------------------------------


def test_the_diff_shows_only_what_changes() -> None:
    old = "const API_URL = 'https://older.hf.space';\nfetch(API_URL + '/api/chat');\n"

    shown = unified_diff(plan_frontend(request(), of({"src/api.js": old})))

    assert shown == (
        "--- a/src/api.js\n+++ b/src/api.js\n@@ -1,2 +1,2 @@\n"
        "-const API_URL = 'https://older.hf.space';\n"
        f"+const API_URL = '{DEPLOYED}';\n"
        " fetch(API_URL + '/api/chat');\n"
    )


def test_a_new_file_is_shown_as_new() -> None:
    shown = unified_diff(plan_frontend(request(), of(NEXT)))

    assert shown.startswith("--- /dev/null\n+++ b/.env.production\n")


def test_without_changes_the_diff_is_empty() -> None:
    assert unified_diff(plan_frontend(request(), of({}))) == ""


# --- look-alikes that need more than one file -----------------------------------------------------


def test_another_space_is_left_although_another_file_calls_a_route_by_the_same_name() -> None:
    files = of(
        {
            "src/images.js": "const baseUrl = 'https://somebody-images.hf.space';\n",
            "src/chat.js": (
                "const baseUrl = 'http://localhost:8000';\nfetch(`${baseUrl}/api/chat`);\n"
            ),
        }
    )

    plan = plan_frontend(request(), files)

    assert [change.path for change in plan.changes] == ["src/chat.js"]
    assert plan.state is FrontendState.CHANGE


def test_a_private_network_name_for_production_is_named_and_left() -> None:
    source = (
        "const isProduction = process.env.NODE_ENV === 'production';\n"
        "export const API_URL = isProduction ? 'http://backend:8000' : 'http://localhost:8000';\n"
    )

    plan = plan_frontend(request(), of({**NEXT, "lib/api.ts": source}))

    assert plan.state is FrontendState.NONE
    assert "backend is a private network's name" in plan.notices[0].message


def test_a_variable_called_server_is_no_development_proxy() -> None:
    source = "const server = 'http://localhost:8000';\n"

    plan = plan_frontend(request(), of({"src/a.js": source}))

    assert plan.state is FrontendState.CHANGE


def test_a_variable_of_another_service_keeps_its_value() -> None:
    code = (
        "import axios from 'axios';\n"
        "export const api = axios.create({\n"
        "  baseURL: process.env.NEXT_PUBLIC_API_URL || 'http://localhost:8000' });\n"
        "export const shop = axios.create({\n"
        "  baseURL: process.env.NEXT_PUBLIC_SHOP_API_URL || 'http://localhost:9000' });\n"
    )
    env = "NEXT_PUBLIC_SHOP_API_URL=http://localhost:9000\n"

    plan = plan_frontend(request(), of({**NEXT, "lib/api.ts": code, ".env": env}))

    assert [change.path for change in plan.changes] == ["lib/api.ts"]
    assert "'http://localhost:9000' });" in after(plan, "lib/api.ts")


def test_a_committed_value_that_wins_over_the_change_is_said() -> None:
    code = "const API_URL = process.env.NEXT_PUBLIC_API_URL || 'http://localhost:8000';\n"
    env = "NEXT_PUBLIC_API_URL=https://api.company.example\n"

    plan = plan_frontend(request(), of({**NEXT, "lib/api.ts": code, ".env.production": env}))

    assert [change.path for change in plan.changes] == ["lib/api.ts"]
    assert any("https://api.company.example, which wins" in n.message for n in plan.notices)


def test_a_local_language_model_beside_the_client_is_never_taken_for_it() -> None:
    source = (
        "import OpenAI from 'openai';\n"
        "export const model = new OpenAI({ baseURL: 'http://localhost:8000/v1' });\n"
        "export const API_URL = 'http://localhost:8000';\n"
    )

    changed = after(plan_frontend(request("src/a.js"), of({"src/a.js": source})), "src/a.js")

    assert "new OpenAI({ baseURL: 'http://localhost:8000/v1' })" in changed
    assert DEPLOYED in changed


def test_a_language_models_port_is_not_taken_even_from_a_named_file() -> None:
    files = of({"src/a.js": "const place = 'http://localhost:11434';\n"})

    assert plan_frontend(request("src/a.js"), files).state is FrontendState.NONE


def test_another_port_in_the_same_choice_stays() -> None:
    source = "const API_URL = mock ? 'http://localhost:3001' : 'http://localhost:8000';\n"

    changed = after(plan_frontend(request(), of({"src/a.js": source})), "src/a.js")

    assert "mock ? 'http://localhost:3001' : (" in changed


def test_a_hosting_service_without_a_known_route_is_doubtful() -> None:
    source = (
        "const isLocal = window.location.hostname === 'localhost';\n"
        "const API_URL = isLocal ? 'http://localhost:8000' : 'https://x.onrender.com';\n"
    )

    assert plan_frontend(request(), of({"a.js": source})).state is FrontendState.DOUBTFUL


def test_of_several_assignments_the_last_one_counts() -> None:
    old = "NEXT_PUBLIC_API_URL=https://one.hf.space\nNEXT_PUBLIC_API_URL=https://two.hf.space\n"

    plan = plan_frontend(request(), of({**NEXT, ".env.production": old}))

    assert after(plan, ".env.production") == old.replace("https://two.hf.space", DEPLOYED)


def test_a_check_that_does_not_return_guards_nothing() -> None:
    source = (
        "export function url() {\n"
        "  if (typeof window !== 'undefined') { console.log(1); }\n"
        "  return window.location.hostname === 'localhost'\n"
        "    ? 'http://localhost:8000' : 'https://older.hf.space';\n"
        "}\nfetch(url() + '/api/chat');\n"
    )

    changed = after(plan_frontend(request(), of({"src/a.js": source})), "src/a.js")

    assert "return typeof window !== 'undefined' && window.location && " in changed


def test_a_file_that_an_assistant_wrote_is_a_persons_file() -> None:
    files = of({"src/a.js": f"// Generated by an assistant. Do not edit the port.\n{CLIENT}"})

    assert plan_frontend(request(), files).state is FrontendState.CHANGE


def test_conditions_that_name_each_other_end() -> None:
    source = (
        "var isLocal = isDev; var isDev = isLocal;\n"
        "var API_URL = isLocal ? 'http://localhost:8000' : 'https://older.hf.space';\n"
    )

    changed = after(plan_frontend(request(), of({"src/a.js": source})), "src/a.js")

    assert changed == source.replace("https://older.hf.space", DEPLOYED)


def test_an_environment_file_that_is_no_text_is_left() -> None:
    files = {**NEXT, ".env.production": b"NEXT_PUBLIC_API_URL=\xff\n"}

    assert plan_frontend(request(), of(files)).changes == ()
