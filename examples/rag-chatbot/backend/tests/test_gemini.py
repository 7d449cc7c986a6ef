import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


class Gemini(HTTPServer):
    """Speaks the three calls that the app makes; ``generates`` False answers like a spent quota."""

    generates = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1beta"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply({"name": "models/gemini-2.5-flash"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith(":batchEmbedContents"):
            tower = [1.0] + [0.0] * 767
            other = [0.0, 1.0] + [0.0] * 766
            texts = [one["content"]["parts"][0]["text"] for one in body["requests"]]
            values = [tower if "tower" in text.lower() else other for text in texts]
            self.reply({"embeddings": [{"values": value} for value in values]})
        elif self.server.generates:
            parts = [{"text": "It is 31 metres high."}]
            self.reply({"candidates": [{"content": {"parts": parts}}]})
        else:
            self.reply({"error": {"code": 429}}, status=429)

    def reply(self, body, status=200):
        self.server.seen.append((self.path, self.headers["x-goog-api-key"]))
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def gemini():
    server = Gemini()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(gemini, client_with):
    return client_with(gemini_api_key="made-up-key", gemini_base_url=gemini.url)


def test_gemini_words_the_answer_from_what_was_found(client):
    body = client.post("/api/chat", json={"message": "How high is the tower?"}).json()
    assert (body["answer"], body["answered_by"]) == ("It is 31 metres high.", "gemini")
    assert "tower" in body["sources"][0]["text"].lower()


def test_the_key_travels_in_the_header_and_never_in_the_address(client, gemini):
    client.post("/api/chat", json={"message": "How high is the tower?"})
    assert {key for _, key in gemini.seen} == {"made-up-key"}
    assert not any("made-up-key" in path for path, _ in gemini.seen)


def test_a_spent_quota_is_answered_from_the_text(client, gemini):
    gemini.generates = False
    body = client.post("/api/chat", json={"message": "How high is the tower?"}).json()
    assert body["answered_by"] == "extract"
    assert "31 metres" in body["answer"]


def test_a_working_key_is_told_as_ok(client):
    assert client.get("/api/health").json()["services"]["gemini"] == {"status": "ok"}
