"""Rewrites, settings and build values in files that hold data."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.frontend import plan_frontend, redo
from deployer.model import FrontendPlan, FrontendState
from tests.unit.frontend.clients import DEPLOYED, Workspace, after, of, request

VITE = '{"dependencies": {"vite": "*"}}'
CALL = "export const ask = () => fetch('/api/chat');\n"
REWRITE = '{"rewrites": [{"source": "/api/:path*", "destination": "%s/api/:path*"}]}'
VARIABLE = "export const ask = () => fetch(`${import.meta.env.VITE_API_URL}/api/chat`);\n"


def client(files: dict[str, str], source: str = CALL) -> Workspace:
    return of({"package.json": VITE, "src/ask.ts": source, **files})


def said(plan: FrontendPlan) -> dict[str, str]:
    """Hints by place."""
    return {str(notice.where): notice.hint for notice in plan.notices}


def test_a_rewrite_to_another_hosting_is_shown_and_not_pushed() -> None:
    plan = plan_frontend(request(), client({"vercel.json": REWRITE % "https://x.onrender.com"}))

    assert plan.state is FrontendState.DOUBTFUL
    assert [notice.hint for notice in plan.notices] == [
        "If it is the one, set `frontend: vercel.json`."
    ]


def test_a_named_data_file_needs_no_proof() -> None:
    files = client({"vercel.json": REWRITE % "https://x.onrender.com"})

    plan = plan_frontend(request("vercel.json"), files)

    assert plan.state is FrontendState.CHANGE
    assert plan.notices[0].message == "Until now the frontend called x.onrender.com in production."


def test_a_former_space_that_no_call_speaks_for_stays() -> None:
    files = client({"vercel.json": REWRITE % "https://other.hf.space"}, "export const a = 1;\n")

    assert plan_frontend(request(), files).state is FrontendState.NONE


def test_a_data_file_above_the_only_frontend_belongs_to_it() -> None:
    files = of(
        {
            "web/package.json": VITE,
            "web/src/ask.ts": CALL,
            "netlify.toml": '[[redirects]]\nfrom = "/api/*"\nto = "http://localhost:8000/api/:splat"\n',
        }
    )

    plan = plan_frontend(request(), files)

    assert tomllib.loads(after(plan, "netlify.toml"))["redirects"] == [
        {"from": "/api/*", "to": f"{DEPLOYED}/api/:splat"}
    ]


def test_json_that_is_not_strict_is_left_with_the_line_to_write() -> None:
    text = '{\n  // the backend\n  "rewrites": [{"source": "/api/(.*)", "destination": "%s"}]\n}\n'
    files = client({"vercel.json": text % "http://localhost:8000/api/$1"})

    plan = plan_frontend(request(), files)

    assert plan.changes == ()
    assert said(plan)["vercel.json:3"].endswith(f'"destination": "{DEPLOYED}/api/$1"')


def test_redone_on_a_newer_file_both_changes_are_there() -> None:
    files = client({"vercel.json": REWRITE % "http://localhost:8000"})
    plan = plan_frontend(request(), files)
    files.files["vercel.json"] = files.files["vercel.json"].replace(b'{"rew', b'{"a": 1, "rew')

    again = redo(plan, request(), files.read)

    assert json.loads(after(again, "vercel.json"))["a"] == 1
    assert DEPLOYED in after(again, "vercel.json")


def test_redone_where_the_data_file_is_gone_nothing_is_left_to_change() -> None:
    files = client({"vercel.json": REWRITE % "http://localhost:8000"})
    plan = plan_frontend(request(), files)
    del files.files["vercel.json"]

    assert redo(plan, request(), files.read).state is FrontendState.CURRENT


@pytest.mark.parametrize(
    ("path", "text", "where", "line"),
    [
        (
            "nginx.conf",
            "server {\n  location /api/ {\n    proxy_pass http://localhost:8000/api/;\n  }\n}\n",
            "nginx.conf:3",
            f"proxy_pass {DEPLOYED}/api/; proxy_set_header Host ada-bot.hf.space; "
            "proxy_ssl_server_name on;",
        ),
        (
            "public/config.json",
            '{\n  "apiUrl": "http://localhost:8000"\n}\n',
            "public/config.json:2",
            f'"apiUrl": "{DEPLOYED}"',
        ),
        (
            "public/config.yaml",
            "apiUrl: http://localhost:8000\n",
            "public/config.yaml:1",
            f"apiUrl: {DEPLOYED}",
        ),
        (
            "index.html",
            '<html>\n<script src="chat.js" data-api-url="http://localhost:8000"></script>\n</html>',
            "index.html:2",
            f'data-api-url="{DEPLOYED}"',
        ),
        (
            "index.html",
            '<html>\n<meta name="api-base" content="http://localhost:8000/api">\n</html>',
            "index.html:2",
            f'content="{DEPLOYED}/api"',
        ),
        (
            "webpack.config.js",
            "const p = new DefinePlugin({\n  API_URL: JSON.stringify('http://localhost:8000'),\n});",
            "webpack.config.js:2",
            f"API_URL: JSON.stringify(argv.mode === 'production' ? '{DEPLOYED}' "
            ": 'http://localhost:8000')",
        ),
    ],
)
def test_a_file_for_every_build_is_left_with_the_line_to_write(
    path: str, text: str, where: str, line: str
) -> None:
    plan = plan_frontend(request(), client({path: text}))

    assert plan.changes == ()
    assert said(plan)[where] == f"Write by hand, for production: {line}"


@pytest.mark.parametrize(
    ("path", "text", "where", "line"),
    [
        (
            ".github/workflows/pages.yml",
            "env:\n  VITE_API_URL: http://localhost:8000\n",
            ".github/workflows/pages.yml:2",
            f"VITE_API_URL: {DEPLOYED}",
        ),
        (
            "docker-compose.yml",
            "services:\n  web:\n    build: {args: {VITE_API_URL: 'http://localhost:8000'}}\n",
            "docker-compose.yml:3",
            f"VITE_API_URL: {DEPLOYED}",
        ),
        (
            "Dockerfile",
            "FROM node\nARG VITE_API_URL=http://localhost:8000\n",
            "Dockerfile:2",
            f"VITE_API_URL={DEPLOYED}",
        ),
    ],
)
def test_a_build_value_that_wins_is_named_and_never_edited(
    path: str, text: str, where: str, line: str
) -> None:
    plan = plan_frontend(request(), client({path: text}, VARIABLE))

    assert [change.path for change in plan.changes] == [".env.production"]
    assert said(plan)[where] == f"Write by hand, for production: {line}"


def test_a_workflow_that_publishes_nothing_is_not_spoken_of() -> None:
    text = "jobs: {test: {env: {VITE_API_URL: 'http://localhost:8000'}}}\n"

    plan = plan_frontend(request(), client({".github/workflows/test.yml": text}, VARIABLE))

    assert ".github/workflows/test.yml:1" not in said(plan)


KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), min_size=1, max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=100)
@given(
    beside=st.dictionaries(KEYS, VALUES, max_size=3),
    indent=st.sampled_from([None, 1, 2, 4, "\t"]),
    ascii_only=st.booleans(),
    mark=st.sampled_from(["", "\ufeff"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_of_a_json_document_only_the_destination_changes(
    beside: dict[str, object], indent: int | str | None, ascii_only: bool, mark: str, end: str
) -> None:
    rewrite = {"source": "/api/:path*", "destination": "http://localhost:8000/api/:path*"}
    document = {**beside, "rewrites": [rewrite]}
    shown = json.dumps(document, indent=indent, ensure_ascii=ascii_only).replace("\n", end)
    files = client({"vercel.json": mark + shown})

    plan = plan_frontend(request(), files)

    assert after(plan, "vercel.json") == (mark + shown).replace(
        "http://localhost:8000/api", f"{DEPLOYED}/api"
    )
    files.files["vercel.json"] = plan.changes[0].after
    assert plan_frontend(request(), files).state is FrontendState.CURRENT


PIECES = st.sampled_from(
    [
        *(
            "[[redirects]]",
            "[build.environment]",
            "to =",
            "from =",
            '"http://localhost:8000/api/*"',
        ),
        *("VITE_API_URL", ":", "=", "{", "}", "[", "]", ",", "\n", "#", "é", "\\", '"rewrites"'),
        *('"destination"', '"source"', '"/api/:path*"', "location /api {", "proxy_pass", ";"),
        *("http://localhost:8000/api/:splat", "/api/*", "200", "<meta", "content=", ">", "<!--"),
    ]
)
PATHS = st.sampled_from(
    [
        *("vercel.json", "netlify.toml", "public/_redirects", "nginx.conf", "public/config.json"),
        *("index.html", "Dockerfile", "docker-compose.yml", ".github/workflows/pages.yml"),
        *("webpack.config.js", "src/config.production.json", "config.yaml"),
    ]
)


@settings(max_examples=300)
@given(path=PATHS, pieces=st.lists(PIECES, max_size=16))
def test_whatever_stands_in_a_data_file_a_second_run_changes_nothing(
    path: str, pieces: list[str]
) -> None:
    files = client({path: " ".join(pieces)})

    for change in plan_frontend(request(), files).changes:
        assert change.after != change.before
        files.files[change.path] = change.after

    assert plan_frontend(request(), files).changes == ()


def test_scripts_at_the_root_do_not_take_the_hostings_file_from_the_frontend() -> None:
    files = of(
        {
            "package.json": "{}",
            "tools/try.js": "export const a = 1;\n",
            "vercel.json": REWRITE % "http://localhost:8000",
            "web/package.json": VITE,
            "web/src/ask.ts": CALL,
        }
    )

    plan = plan_frontend(request(), files)

    assert plan.state is FrontendState.CHANGE
    assert [change.path for change in plan.changes] == ["vercel.json"]


@pytest.mark.parametrize("name", ["webpack.common.js", "webpack.prod.js"])
def test_a_bundlers_configuration_is_never_edited(name: str) -> None:
    text = "const p = new DefinePlugin({\n  API_URL: JSON.stringify('http://localhost:8000'),\n});"

    plan = plan_frontend(request(), client({name: text}))

    assert plan.changes == ()
    assert f"{name}:2" in said(plan)


def test_a_hostings_variable_of_another_kind_stays() -> None:
    text = '{"env": {"DATABASE_URL": "http://localhost:8000", "API_URL": "http://localhost:8000"}}'

    plan = plan_frontend(request(), client({"vercel.json": text}))

    assert json.loads(after(plan, "vercel.json"))["env"] == {
        "DATABASE_URL": "http://localhost:8000",
        "API_URL": DEPLOYED,
    }


def test_a_path_of_the_local_port_that_is_no_route_of_the_backend_stays() -> None:
    text = '{"rewrites": [{"source": "/old/(.*)", "destination": "http://localhost:8000/old/$1"}]}'

    assert plan_frontend(request(), client({"vercel.json": text})).changes == ()


def test_a_build_value_that_the_code_does_not_read_is_not_spoken_of() -> None:
    files = client({"Dockerfile": "ARG VITE_OTHER_API_URL=http://localhost:8000\n"}, VARIABLE)

    assert "Dockerfile:1" not in said(plan_frontend(request(), files))


def test_a_development_proxys_path_is_no_call_of_the_client() -> None:
    proxy = "export default { server: { proxy: { '/api/chat': 'http://localhost:8000' } } };\n"
    files = client({"vite.config.ts": proxy}, "export const place = 'http://localhost:8000';\n")

    assert plan_frontend(request(), files).state is FrontendState.DOUBTFUL
