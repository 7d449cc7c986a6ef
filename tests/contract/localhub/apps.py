"""Tiny Spaces for tests: the standard library's server, nothing to install."""

from __future__ import annotations

CARD = b"""---
title: A test
emoji: "\\U0001F916"
colorFrom: blue
colorTo: purple
sdk: docker
---
"""

DOCKERFILE = b"""FROM python:3.11-slim
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
"""

_APP = """import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        answers = {{"/env": json.dumps(dict(os.environ)), "/exit": ""}}
        answers["/headers"] = str(self.headers)
        body = answers.get(self.path, {text!r}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if self.path == "/exit":
            self.wfile.flush()
            os._exit(3)

print("starting {text}", flush=True)
{before}
ThreadingHTTPServer(({host!r}, 7860), Handler).serve_forever()
"""


def app(text: str, *, before: str = "", host: str = "0.0.0.0") -> dict[str, bytes]:
    """The files of a Space that answers ``text``; ``before`` runs before it listens."""
    source = _APP.format(text=text, before=before, host=host)
    return {"app.py": source.encode(), "Dockerfile": DOCKERFILE, "README.md": CARD}
