"""Reads the addresses that stand in a client's code, and what they become once deployed."""

from __future__ import annotations

import ipaddress
import re

from msgspec import Struct

_ADDRESS = re.compile(
    r"(?P<scheme>https?|wss?)://"
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>(?:[/?#].*)?)",
    re.DOTALL,
)
# What may be put between quotes of any kind without escaping, in a string, a template or HTML.
_INSERTABLE = re.compile(
    r"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])"
    r"(?::[0-9]{1,5})?"
)
# Hosts where a backend like this is put by hand; its routes tell that it is the same one.
HOSTINGS = (
    *(".onrender.com", ".railway.app", ".fly.dev", ".herokuapp.com", ".vercel.app", ".koyeb.app"),
    *(".netlify.app", ".replit.app", ".repl.co", ".ngrok-free.app", ".ngrok.io", ".run.app"),
    *(".azurewebsites.net", ".pythonanywhere.com", ".cyclic.app", ".deta.dev", ".glitch.me"),
)
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]"})  # noqa: S104 (compared)
_SECURE = {"http": "ws", "https": "wss"}


class Address(Struct, frozen=True, kw_only=True):
    """An absolute URL split after its origin. ``rest`` is everything behind it, slash included."""

    scheme: str
    host: str
    port: int | None
    rest: str

    @property
    def origin(self) -> str:
        """Scheme, host and port as written."""
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    @property
    def local(self) -> bool:
        """The developer's own machine."""
        return self.host.lower() in _LOCAL_HOSTS

    @property
    def private(self) -> bool:
        """A name or number that only a network of one's own knows (RFC 1918 and the like)."""
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_private
        except ValueError:
            return "." not in self.host

    @property
    def websocket(self) -> bool:
        """``ws`` or ``wss``."""
        return self.scheme in ("ws", "wss")

    @property
    def on_hub(self) -> bool:
        """A Space's address (``*.hf.space``)."""
        return self.host.lower().endswith(".hf.space")

    @property
    def server(self) -> str:
        """Names the server: every spelling of one local port is one server."""
        host = "localhost" if self.local else self.host.lower()
        return host if self.port is None else f"{host}:{self.port}"

    def at(self, base: str) -> str:
        """``base`` with this address's rest; ``ws`` stays a WebSocket address."""
        scheme, _, tail = base.partition("://")
        scheme = _SECURE[scheme] if self.websocket else scheme
        return f"{scheme}://{tail}{self.rest}"


def read_address(text: str) -> Address | None:
    """The address that ``text`` is as a whole, or None."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    port = match["port"]
    return Address(
        scheme=match["scheme"],
        host=match["host"],
        port=int(port) if port else None,
        rest=match["rest"],
    )


def insertable(url: str) -> bool:
    """True for a bare origin, http(s), that can stand in a literal of any kind as it is."""
    return _INSERTABLE.fullmatch(url) is not None


def path_of(rest: str) -> str:
    """The path of an address's rest, without query and fragment."""
    return re.split(r"[?#]", rest)[0]
