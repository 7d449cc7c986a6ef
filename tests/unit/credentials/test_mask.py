from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.credentials.mask import masks_for, masks_for_token
from deployer.model import Entry, Secret
from deployer.scrub import scrub

HOSTILE = 'p@ss/w0rd+"x"%20&ü'
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN0001\nBgkqhkiG9w0=0002\n-----END PRIVATE KEY-----\n"


def masks(name: str, value: str, *, public: bool = False) -> tuple[str, ...]:
    return masks_for([Entry(name=name, value=Secret(value), public=public)])


@pytest.mark.parametrize(
    "form",
    [
        HOSTILE,
        quote(HOSTILE, safe=""),
        quote(HOSTILE),
        quote_plus(HOSTILE),
        base64.b64encode(HOSTILE.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(HOSTILE.encode()).decode().rstrip("="),
        json.dumps(HOSTILE)[1:-1],
        json.dumps(HOSTILE, ensure_ascii=False)[1:-1],
        repr(HOSTILE)[1:-1],
        re.sub("%..", lambda escape: escape[0].lower(), quote(HOSTILE)),
        html.escape(HOSTILE),
        html.escape(HOSTILE, quote=False),
        html.escape(HOSTILE).replace("&quot;", "&#34;"),
        json.dumps(HOSTILE)[1:-1].replace("/", "\\/"),
        json.dumps(json.dumps(HOSTILE)[1:-1])[1:-1],
        repr(HOSTILE.encode())[2:-1],
    ],
)
def test_every_form_of_a_value_is_masked(form: str) -> None:
    assert form in masks("X", HOSTILE)
    assert form in masks_for_token(HOSTILE)


@given(st.binary(max_size=9), st.binary(max_size=9), st.booleans())
def test_base64_of_a_value_with_anything_around_it_is_masked(
    before: bytes, after: bytes, url_safe: bool
) -> None:
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    shown = scrub(encode(before + HOSTILE.encode() + after).decode(), masks_for_token(HOSTILE))
    assert "***" in shown
    # What is left holds the neighbours' bits and at most a few of the value's ends.
    assert len(shown) <= (len(before) + len(after)) * 4 / 3 + 10


def test_base64_of_a_long_value_is_masked_in_each_of_its_lines() -> None:
    value = "".join(f"secret number {number};" for number in range(20))
    for line in base64.encodebytes(value.encode()).decode().split():
        assert scrub(line, masks_for_token(value)) == "***"


def test_a_value_whose_white_space_a_message_folded_is_masked() -> None:
    assert "correct horse 4 battery" in masks("API_KEY", "correct  horse\t4\nbattery")


def test_each_line_of_a_value_is_masked_but_not_its_frame() -> None:
    found = masks("PRIVATE_KEY", PEM)
    assert "MIIEvQIBADAN0001" in found
    assert "BgkqhkiG9w0=0002" in found
    assert "-----BEGIN PRIVATE KEY-----" not in found
    assert not [mask for mask in found if "\n" in mask]


def test_the_lines_inside_a_json_key_file_are_masked() -> None:
    assert "MIIEvQIBADAN0001" in masks("CREDENTIALS", json.dumps({"private_key": PEM}))


def test_the_password_inside_an_address_is_masked_as_written_and_as_meant() -> None:
    found = masks("DATABASE_URL", "postgresql://user:p%40ssw0rd@host/db")
    assert "p%40ssw0rd" in found
    assert "p@ssw0rd" in found


def test_a_password_with_an_at_sign_is_masked_whole() -> None:
    found = masks("DATABASE_URL", "postgresql://user:p@ssw0rd!1@host/db?to=a@b")
    assert "p@ssw0rd!1" in found


def test_a_key_in_the_query_of_an_address_is_masked() -> None:
    assert "k3y-in-query" in masks("QDRANT_URL", "https://a.qdrant.io?api-key=k3y-in-query")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "INFO"),
        ("SHORT_KEY", "abc1234"),
        ("ENVIRONMENT", "production"),
        ("QDRANT_COLLECTION", "book_chunks"),
        ("MODE", "retrieval augmented"),
        ("PORT_RANGE", "8000,9000"),
        ("ALLOWED_ORIGINS", "https://my-app.vercel.app"),
        ("ALLOWED_ORIGINS", '["https://my-app.vercel.app", "http://localhost:3000"]'),
        ("CORS_ORIGINS", "https://a.example.com,https://b.example.com/"),
        ("FRONTEND_URL", "https://my-app.vercel.app/"),
        ("BACKEND", "http://localhost:8000"),
    ],
)
def test_words_and_public_origins_stay_readable(name: str, value: str) -> None:
    assert masks(name, value) == ()


def test_an_address_that_is_no_frontends_is_masked() -> None:
    assert "https://abc.cloud.qdrant.io:6333" in masks(
        "QDRANT_URL", "https://abc.cloud.qdrant.io:6333"
    )


def test_a_word_under_a_name_for_keys_is_masked() -> None:
    assert "production" in masks("JWT_SECRET", "production")


def test_a_variable_is_not_masked() -> None:
    assert masks("X", HOSTILE, public=True) == ()


def test_longer_masks_come_first() -> None:
    lengths = [
        len(mask) for mask in masks("DATABASE_URL", "postgresql://u:p4ssw0rd@h.example.com/db")
    ]
    assert lengths == sorted(lengths, reverse=True)


@given(st.text(min_size=8, max_size=80))
def test_a_masked_value_never_survives_scrubbing_in_one_line(value: str) -> None:
    line = value.strip()
    if len(line) < 8 or len(line.splitlines()) > 1:
        return
    assert line not in scrub(f"before {line} after", masks("API_KEY", value)).replace("***", "")


@pytest.mark.parametrize(
    "value", ["caf\udce9-4711-abcd", '{"private_key": "a\\ud800b-0815-4711-abcd"}']
)
def test_a_value_that_is_no_utf_8_is_masked(value: str) -> None:
    assert value in masks("CREDENTIALS", value)
