"""The one place that talks to Gemini's REST API."""

from typing import Any

import httpx

from app.core.config import Settings


class GeminiClient:
    """The key travels in a header, so that it stands in no URL and in no access log."""

    def __init__(self, settings: Settings) -> None:
        self._http = httpx.Client(
            base_url=f"{settings.gemini_base_url.rstrip('/')}/models/",
            headers={"x-goog-api-key": settings.gemini_api_key.get_secret_value()},
            timeout=httpx.Timeout(20, connect=5),
        )

    def get(self, path: str) -> dict[str, Any]:
        """GET below ``models/``; raises httpx.HTTPError."""
        return self._http.get(path, timeout=5).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST below ``models/``; raises httpx.HTTPError."""
        return self._http.post(path, json=body).raise_for_status().json()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
