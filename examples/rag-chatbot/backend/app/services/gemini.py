"""The one place that talks to Gemini's REST API."""

from typing import Any

import httpx

from app.core.config import Settings


class GeminiFailed(Exception):
    """Gemini gave no usable answer; the message is safe to show."""


class GeminiClient:
    """The key travels in a header, so that it stands in no URL and in no access log."""

    def __init__(self, settings: Settings) -> None:
        self._http = httpx.Client(
            base_url=settings.gemini_base_url,
            headers={"x-goog-api-key": settings.gemini_api_key.get_secret_value()},
            timeout=httpx.Timeout(20, connect=5),
        )

    def describe(self, model: str) -> Any:
        """What the API says about a model; raises ``GeminiFailed``."""
        return self._request("GET", f"models/{model}", timeout=5)

    def call(self, model: str, method: str, body: dict[str, Any]) -> Any:
        """Call a model's method, e.g. ``generateContent``; raises ``GeminiFailed``."""
        return self._request("POST", f"models/{model}:{method}", json=body)

    def _request(self, verb: str, path: str, **options: Any) -> Any:
        try:
            return self._http.request(verb, path, **options).raise_for_status().json()
        except httpx.HTTPStatusError as error:
            raise GeminiFailed(f"HTTP {error.response.status_code}") from None
        except (httpx.HTTPError, ValueError) as error:
            raise GeminiFailed(type(error).__name__) from None
