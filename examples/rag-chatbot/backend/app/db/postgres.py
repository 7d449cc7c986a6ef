"""Conversations in PostgreSQL where DATABASE_URL is set, else in an in-memory SQLite.

A Space's disk does not outlive a restart, so a SQLite file would promise more than it holds.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg

from app.core.config import Settings
from app.models.schemas import Message, ServiceHealth

TABLE = """CREATE TABLE IF NOT EXISTS chat_messages (
    conversation_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (conversation_id, position)
)"""
INSERT = """INSERT INTO chat_messages
    SELECT {0}, COALESCE(MAX(position), 0) + 1, {0}, {0}, {0}
    FROM chat_messages WHERE conversation_id = {0}"""
SELECT = """SELECT role, text, created_at FROM chat_messages
    WHERE conversation_id = {0} ORDER BY position"""


class StoreUnavailable(Exception):
    """The database gave no usable answer; the message is safe to show."""


class ConversationStore(Protocol):
    """Keeps what was said. Methods raise ``StoreUnavailable``."""

    def add(self, conversation_id: str, role: str, text: str) -> None:
        """Append one message."""

    def read(self, conversation_id: str) -> list[Message]:
        """The messages, oldest first."""

    def health(self) -> ServiceHealth:
        """Whether the database answers."""

    def close(self) -> None:
        """Let go of connections."""


class PostgresStore:
    """A connection per call: serverless PostgreSQL suspends, and a kept connection would die."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._has_table = False

    def add(self, conversation_id: str, role: str, text: str) -> None:
        """Append one message."""
        values = (conversation_id, role, text, _now(), conversation_id)
        with self._connection() as connection:
            # One writer a conversation: two questions at once would take the same position.
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (conversation_id,))
            connection.execute(INSERT.format("%s"), values)

    def read(self, conversation_id: str) -> list[Message]:
        """The messages, oldest first."""
        with self._connection() as connection:
            return _messages(connection.execute(SELECT.format("%s"), (conversation_id,)))

    def health(self) -> ServiceHealth:
        """A round trip."""
        try:
            with self._connection() as connection:
                connection.execute("SELECT 1")
        except StoreUnavailable as error:
            return ServiceHealth(status="disconnected", error=str(error))
        return ServiceHealth(status="connected")

    def close(self) -> None:
        """Nothing is kept open."""

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(self._url, connect_timeout=5) as connection:
                if not self._has_table:
                    connection.execute(TABLE)
                yield connection
            self._has_table = True  # only now: a failed statement takes the table back, too
        except psycopg.Error as error:
            # psycopg's text names host and user, so only the kind of failure is passed on.
            raise StoreUnavailable(type(error).__name__) from None


class SqliteStore:
    """The same in memory, for a machine without PostgreSQL."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.execute(TABLE)
        self._lock = threading.Lock()

    def add(self, conversation_id: str, role: str, text: str) -> None:
        """Append one message."""
        values = (conversation_id, role, text, _now(), conversation_id)
        with self._lock, self._connection:
            self._connection.execute(INSERT.format("?"), values)

    def read(self, conversation_id: str) -> list[Message]:
        """The messages, oldest first."""
        with self._lock:
            return _messages(self._connection.execute(SELECT.format("?"), (conversation_id,)))

    def health(self) -> ServiceHealth:
        """No DATABASE_URL, no PostgreSQL: said, and no fault."""
        return ServiceHealth(status="not_configured")

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()


def connect(settings: Settings) -> ConversationStore:
    """The store that the settings ask for."""
    url = settings.database_url.get_secret_value()
    return PostgresStore(url) if url else SqliteStore()


def _messages(rows: Any) -> list[Message]:
    return [Message(role=role, text=text, created_at=at) for role, text, at in rows]


def _now() -> str:
    return datetime.now(UTC).isoformat()
