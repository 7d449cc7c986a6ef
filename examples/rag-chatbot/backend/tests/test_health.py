import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


def test_without_a_cloud_the_app_is_healthy_and_says_what_is_missing(client):
    answer = client.get("/api/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "healthy",
        "services": {
            "fastapi": "ok",
            "qdrant": {"status": "connected"},
            "postgres": {"status": "not_configured"},
            "gemini": {"status": "not_configured"},
        },
    }


@pytest.fixture
def suspended():
    """A server that answers every request with 404, as a suspended Qdrant cluster does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(404)
            self.end_headers()

        do_POST = do_PUT = do_GET  # noqa: N815

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_suspended_qdrant_is_named_with_its_status_code(client_with, suspended):
    answer = client_with(qdrant_url=suspended).get("/api/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unhealthy"
    assert answer.json()["services"]["qdrant"] == {"status": "disconnected", "error": "HTTP 404"}


def test_a_refused_gemini_key_is_named(client_with, suspended):
    client = client_with(gemini_api_key="made-up-key", gemini_base_url=suspended)
    assert client.get("/api/health").json()["services"]["gemini"] == {
        "status": "error",
        "error": "HTTP 404",
    }


def test_health_shows_no_address_user_password_or_key(client_with):
    client = client_with(
        database_url="postgresql://keeper:hunter2@127.0.0.1:9/lamp",
        qdrant_url="http://127.0.0.1:9",
        qdrant_api_key="made-up-key",
    )
    body = client.get("/api/health").text
    for private in ("hunter2", "keeper", "made-up-key", "127.0.0.1"):
        assert private not in body
