"""Scripts of a live page are found, and what they call."""

from __future__ import annotations

import pytest

from deployer.live.page import FrontendStatus, calls, chunks_of, scripts_of, undefined_process

PAGE = "https://app.example/chat/"


def test_scripts_of_the_page_its_cdn_and_its_preloads_are_found() -> None:
    html = (
        '<script src="/assets/a.js"></script><script>window.X = 1</script>'
        '<link rel="modulepreload" href="b.js"><link rel="stylesheet" href="c.css">'
        '<script src="https://cdn.example/_next/static/chunks/d.js"></script>'
        '<script src="https://metrics.example/collect.js"></script>'
        '<script src="/assets/a.js"></script>'
    )
    page = scripts_of(PAGE, html)
    assert page.scripts == (
        "https://app.example/assets/a.js",
        "https://app.example/chat/b.js",
        "https://cdn.example/_next/static/chunks/d.js",
    )
    assert page.inline == "window.X = 1"


def test_a_base_element_moves_relative_scripts() -> None:
    html = '<base href="/docs/"><script src="a.js"></script>'
    assert scripts_of(PAGE, html).scripts == ("https://app.example/docs/a.js",)


@pytest.mark.parametrize(
    ("script", "text", "found"),
    [
        ("/docs/assets/index.js", 'import("./Chat-1f.js")', "/docs/assets/Chat-1f.js"),
        ("/docs/assets/index.js", 'm=["assets/Chat-1f.js"]', "/docs/assets/Chat-1f.js"),
        ("/_next/static/chunks/main.js", '"static/chunks/9-a.js"', "/_next/static/chunks/9-a.js"),
        (
            "/_next/static/chunks/main.js",
            r"[\"static/chunks/9-a.js\"]",
            "/_next/static/chunks/9-a.js",
        ),
        (
            "/book/assets/js/runtime~main.1.js",
            'n.u=e=>"assets/js/"+({9:"chat"}[e]||e)+"."+{9:"ab12"}[e]+".js"',
            "/book/assets/js/chat.ab12.js",
        ),
        (
            "/static/js/main.js",
            'r.u=e=>"static/js/"+e+"."+{787:"0c"}[e]+".chunk.js"',
            "/static/js/787.0c.chunk.js",
        ),
    ],
)
def test_scripts_that_are_loaded_later_are_found(script: str, text: str, found: str) -> None:
    urls = chunks_of(f"https://app.example{script}", text)
    assert [url.removeprefix("https://app.example") for url in urls] == ([found] if found else [])


def test_a_name_that_lies_in_no_folder_of_the_build_is_not_followed() -> None:
    assert chunks_of("https://app.example/assets/i.js", '"lodash.js" + "other/x.js"') == ()


SPACE, OLD = "me-rag.hf.space", ("localhost:8000", "me-old.hf.space")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("fetch('https://me-rag.hf.space/api')", FrontendStatus.CONNECTED),
        ("h==='localhost'?'http://localhost:8000':'https://me-rag.hf.space'", "connected"),
        ("fetch('http://localhost:8000/api')", FrontendStatus.STALE),
        ("fetch('https://me-old.hf.space/api')", FrontendStatus.STALE),
        ("fetch('/api')", FrontendStatus.UNKNOWN),
    ],
)
def test_the_address_in_the_scripts_tells_which_backend_they_call(text: str, status: str) -> None:
    assert calls(["", text], SPACE, OLD) == status


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("const u=process.env.REACT_APP_API_URL", "REACT_APP_API_URL"),
        ("x=process.env.BACKEND_URL||'/'", "BACKEND_URL"),
        ("if(process.env.NODE_ENV)", ""),
        ("'undefined'!=typeof process&&process.env.API_URL", ""),
        ("window.process={env:{}};process.env.API_URL", ""),
        ("config.process.env.API_URL", ""),
    ],
)
def test_a_variable_that_no_browser_has_is_named(text: str, name: str) -> None:
    assert undefined_process([text]) == name


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('a="https://ada-bot.hf.space/api"', FrontendStatus.CONNECTED),
        ('a="wss://ada-bot.hf.space"', FrontendStatus.CONNECTED),
        ('a="https://my-ada-bot.hf.space/api"', FrontendStatus.UNKNOWN),
        ('a="http://localhost:80001"', FrontendStatus.UNKNOWN),
        ('a="http://localhost:8000/"', FrontendStatus.STALE),
    ],
)
def test_a_server_whose_name_only_ends_alike_is_another(text: str, status: FrontendStatus) -> None:
    assert calls([text], "ada-bot.hf.space", ["localhost:8000"]) is status


def test_a_link_is_no_setting_and_a_script_s_attribute_is() -> None:
    html = (
        '<meta http-equiv="content-security-policy" content="connect-src https://a.example">'
        '<a href="https://b.example/docs">API</a><div data-api="https://c.example"></div>'
    )
    assert scripts_of(PAGE, html).settings == "https://c.example"


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("const u = process.env.API_URL", "API_URL"),
        ("fetch(`${process.env.API_URL}/chat`)", "API_URL"),
        ('h("code", { children: "const u = process.env.API_URL;" })', ""),
        ("h(`const u = process.env.API_URL`)", ""),
        ("/* process.env.API_URL */ run()", ""),
    ],
)
def test_code_that_is_shown_breaks_nothing(code: str, broken: str) -> None:
    assert undefined_process([code]) == broken
