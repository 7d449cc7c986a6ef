from __future__ import annotations

import pytest

from deployer.credentials import fingerprint
from deployer.credentials.production import shared_stores, stores_in
from deployer.model import Configuration, Entry, Secret, SpaceId, StoredSetting

TOKEN, SPACE = Secret("hf_token"), SpaceId(owner="me", name="rag")
NEON = "postgresql://u:npg_abc@ep-cool-1.eu-central-1.aws.neon.tech/db?sslmode=require"
CLUSTER = "https://abc-123.europe-west3-0.gcp.cloud.qdrant.io:6333"


def entry(name: str, value: str, *, public: bool = False) -> Entry:
    return Entry(name=name, value=Secret(value), public=public, line=3)


def deployed(*entries: Entry, token: Secret = TOKEN) -> Configuration:
    """The production, as a deploy with ``token`` left it."""
    secrets, variables = {}, {}
    for each in entries:
        mark = fingerprint.describe(fingerprint.make(each.name, each.value, token))
        if each.public:
            variables[each.name] = StoredSetting(name=each.name, value=each.value.reveal())
        else:
            secrets[each.name] = StoredSetting(name=each.name, description=mark)
    return Configuration(secrets=secrets, variables=variables)


def warned(given: Entry, stored: Configuration) -> bool:
    notices = shared_stores([given], stored, TOKEN, SPACE)
    assert not any(given.value.reveal() in str(notice) for notice in notices)
    return any(notice.warning for notice in notices)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", NEON),
        ("DIRECT_URL", NEON),
        ("MONGODB_URI", "mongodb+srv://u:p@cluster0.abcde.mongodb.net/app"),
        ("CACHE", "rediss://default:abc@cache.upstash.io:6379"),
        ("QDRANT_URL", CLUSTER),
        ("VECTORS", CLUSTER),
        ("QDRANT_API_KEY", "k" * 40),
        ("POSTGRES_PASSWORD", "hunter2hunter2"),
        ("PINECONE_API_KEY", "pcsk_abc"),
        ("DB_HOST", "db.example.com"),
        ("MYSQLHOST", "db.example.com"),
        ("NEON_DATABASE_URL", NEON),
    ],
)
def test_the_production_s_own_store_is_warned_about(name: str, value: str) -> None:
    given = entry(name, value)
    assert warned(given, deployed(given))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEMINI_API_KEY", "AIzaSyB-1234567890abcdefghijklmnopqrstu"),
        ("JWT_SECRET", "correct horse battery staple"),
        ("QDRANT_COLLECTION", "handbook-of-robots"),
        ("POSTGRES_USER", "application"),
        ("DB_NAME", "production-name"),
        ("FEEDBACK_URL", "https://feedback.example.com"),
        ("DATABASE_URL", "postgresql://u:p@localhost/app"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("QDRANT_URL", ":memory:"),
        ("DATABASE_URL", ""),
    ],
)
def test_what_opens_no_store_of_the_production_is_left_in_peace(name: str, value: str) -> None:
    given = entry(name, value)
    assert stores_in([given]) == ()
    assert shared_stores([given], deployed(given), TOKEN, SPACE) == ()


def test_another_value_under_the_same_name_is_what_a_preview_should_have() -> None:
    assert not warned(entry("DATABASE_URL", NEON + "&x=1"), deployed(entry("DATABASE_URL", NEON)))


def test_the_same_value_under_another_name_is_the_same_store() -> None:
    assert warned(entry("PREVIEW_DATABASE_URL", NEON), deployed(entry("DATABASE_URL", NEON)))


def test_a_short_value_under_another_name_proves_nothing() -> None:
    assert not warned(entry("DB_FLAVOUR", "pro"), deployed(entry("TIER", "pro")))
    assert not warned(entry("DB_FLAVOUR", "pro"), deployed(entry("TIER", "pro", public=True)))


def test_a_public_address_is_compared_by_its_value() -> None:
    given = entry("QDRANT_URL", CLUSTER, public=True)
    assert warned(given, deployed(given))
    (notice,) = shared_stores([given], deployed(given), TOKEN, SPACE)
    assert str(notice.where) == "input `variables`, line 3"
    assert "me/rag" in notice.message


def test_a_fingerprint_of_another_token_says_nothing() -> None:
    given = entry("DATABASE_URL", NEON)
    assert not warned(given, deployed(given, token=Secret("hf_other")))


def test_a_secret_that_was_set_by_hand_is_no_reason_to_warn_and_said() -> None:
    by_hand = StoredSetting(name="DATABASE_URL", description="mine")
    stored = Configuration(secrets={"DATABASE_URL": by_hand})
    assert not warned(entry("DATABASE_URL", NEON), stored)
    (note,) = shared_stores([entry("DATABASE_URL", NEON)], stored, TOKEN, SPACE)
    assert "can't be seen" in note.message
    assert shared_stores([entry("GEMINI_API_KEY", "k")], stored, TOKEN, SPACE) == ()
