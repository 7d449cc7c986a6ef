from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.scrub import contains_key, scrub, scrub_lines

HF = "hf_" + "aB3dE6gH9" * 4
GITHUB = "ghp_" + "0123456789abcdefABCDEF"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow+/abc=\nQQ==\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "key",
    [
        HF,
        GITHUB,
        "github_pat_11ABCDEFG0abcdefghij_klmnop",
        "sk-proj-Ab12Cd34Ef56Gh78Ij90",
        "sk-ant-api03-abcdefghijklmnop",
        "AIzaSyA1234567890abcdefghijklmnopqrstu",
        "AKIAIOSFODNN7EXAMPLE",
        "xoxb-1234567890-abcdef",
        "npg_aB3dE6gH9kLm",
        "gsk_aB3dE6gH9kLm0123",
        JWT,
        PEM,
        PEM.replace("\n", "\\n"),
        "sk_" + "0a1b2c3d" * 6,
        "GOCSPX-" + "aB3dE6gH9kLm" * 2,
        "ya29.a0Ab12Cd34Ef56Gh78",
        *(f"{start}{'aB3dE6gH9' * 4}" for start in ("xai-", "pplx-", "nvapi-", "r8_", "pcsk_")),
        "tvly-dev-aB3dE6gH9kLmaB3dE6gH9",
        "lsv2_pt_" + "0a1b2c3d" * 4 + "_0a1b2c3d4e",
        "napi_" + "aB3dE6gH9" * 4,
        "sb_secret_aB3dE6gH9kLm0123",
        "sbp_" + "0a1b2c3d" * 5,
        "dop_v1_" + "0a1b2c3d" * 8,
        "dapi" + "0a1b2c3d" * 4,
        "SG.aB3dE6gH9kLmaB3dE6gH9k.aB3dE6gH9kLmaB3dE6gH9kaB3dE6gH9kLm",
        "re_aB3dE6gH_aB3dE6gH9kLmaB3dE6gH",
        "key-" + "0a1b2c3d" * 4,
        "whsec_aB3dE6gH9kLmaB3dE6gH9k",
        "ntn_" + "aB3dE6gH9" * 5,
        "7234567890:AA" + "aB3dE6gH9kL" * 3,
        "MTA" + "aB3dE6gH9kL" * 2 + ".aB3dE6." + "aB3dE6gH9kL" * 3,
        "hooks.slack.com/services/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",
    ],
)
def test_a_key_is_taken_out_wherever_it_stands(key: str) -> None:
    inside = (f"key={key}.", f'{{"k": "{key}"}}', f"using {key} now", f"({key})")
    encoded = (f"'a\\n{key}\\n'", f"next%3D{key}", f"a\\u003d{key}")
    for text in (key, *inside, *encoded):
        assert scrub(text).count("***") >= 1
        assert key[6:] not in scrub(text)
    assert contains_key(key)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgresql://user:s3cret@host/db", "s3cret"),
        ("postgresql+asyncpg://user:pa/ss#w@ep-x.neon.tech/db?sslmode=require", "pa/ss#w"),
        ("redis://:hunter@cache:6379", "hunter"),
        ("https://x-access-token:abcdef@github.com/a/b", "abcdef"),
        ("password=hunter", "hunter"),
        ("DB_PASSWORD='hunter'", "hunter"),
        ('{"password": "hunter and more"}', "hunter"),
        (r"{\"api_key\": \"abcdefgh\"}", "abcdefgh"),
        ("api-key: ab12cd34", "ab12cd34"),
        ("Authorization: Bearer abc123def456", "abc123def456"),
        ("authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("GET /v1/models?key=abc123 HTTP/1.1", "abc123"),
        ("https://x.qdrant.io/?api-key=zzz999", "zzz999"),
        ("https://s3.example.com/a?X-Amz-Signature=0a1b2c3d", "0a1b2c3d"),
        ("postgresql://user:ab@s3cret@host/db", "s3cret"),
        (r'{"url": "postgresql:\/\/user:s3cret@host\/db"}', "s3cret"),
        ("?next=postgresql%3A%2F%2Fuser%3As3cret%40host%2Fdb", "s3cret"),
        ("SMTP_PASS=hunter", "hunter"),
        ("api_key: 'ab12cd34'", "ab12cd34"),
    ],
)
def test_a_secret_is_known_by_what_stands_before_it(text: str, secret: str) -> None:
    assert secret not in scrub(text)
    assert "***" in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "INFO:     Uvicorn running on http://0.0.0.0:7860 (Press CTRL+C to quit)",
        'INFO:     10.16.1.2:54321 - "GET /api/health HTTP/1.1" 200 OK',
        "from huggingface_hub import hf_hub_download, HfApi",
        "GEMINI_API_KEY: missing",
        "api_key=None is not valid; set GEMINI_API_KEY",
        '    gemini_api_key = os.environ["GEMINI_API_KEY"]',
        "    API_KEY=os.getenv('API_KEY').strip()",
        "pydantic: GEMINI_API_KEY Field required [type=missing, input_value={}]",
        "task-something-long-and-harmless disk-usage-percentage-total",
        "Revision 0123456789abcdef0123456789abcdef01234567 is RUNNING",
        "Collecting torch==2.9.0 (from -r requirements.txt (line 3))",
        "see http://localhost:7860/docs or mail someone@example.org",
        "invalid token: unexpected character",
        "git@github.com:owner/name.git",
        "http://user.example.org:443/x@y and 12 tests pass: 0 failed",
        "sha256:" + "0a1b2c3d" * 8,
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_ordinary_log_lines_stay(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("name", ["PASSWORD", "pa\u017fsword", "credent\u0131als", "to\u212aen"])
def test_a_name_is_known_in_whatever_case_and_script(name: str) -> None:
    assert scrub(f"{name}=nobody-guesses-7Qx1") == f"{name}=***"


def test_known_values_go_longest_first() -> None:
    assert scrub("abc-123-xyz abc", ("abc", "abc-123-xyz", "")) == "*** ***"


def test_a_private_key_over_several_log_lines_is_taken_out() -> None:
    assert scrub_lines(["before", *PEM.split("\n"), "(after)"]) == ("before", "***", "(after)")


def test_a_private_key_that_is_cut_off_is_taken_out_beside_lines_that_are_known() -> None:
    head, first, *_ = PEM.split("\n")
    assert scrub(f"{head}\n{first}\nUW9vbUJ", (first,)) == "***"


def test_a_line_of_a_private_key_is_known_alone() -> None:
    line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
    assert scrub(line) == scrub(f"  {line}") == "***"
    assert scrub("a" * 64) == "a" * 64


def test_no_lines_stay_no_lines() -> None:
    assert scrub_lines([]) == ()


@given(
    st.lists(
        st.sampled_from(
            [
                *("password=", "token: 1", "://u:p", "@", '"', "\\", "'", "a1b2c3d4", "?key=", " "),
                *("-----BEGIN PRIVATE KEY-----", "\n", "Bearer ", "hf_", "api_key", ": "),
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_scrubbed_json_stays_json(text: str) -> None:
    json.loads(scrub(json.dumps({"password": text, "message": [text, "b"]})))


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        " ",
        "eyJ-",
        "eyJaaaaaaaa.",
        "hf_",
        "sk-",
        "://a:",
        "://a:b/",
        "token:",
        "password=",
        '"token":"',
        "bearer ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "?key=",
        "xox",
        "&a-key",
        "_pass=",
        "%3A%2F%2F",
        "%3A%2F%2Fu%3A",
        "://u:p@",
        "1234567890:AA",
        "N.",
    ],
)
def test_a_hostile_line_of_a_megabyte_takes_no_longer_than_a_second_or_two(piece: str) -> None:
    line = piece * (1_000_000 // len(piece))
    start = time.process_time()
    scrub(line, ("known-value-1", "known-value-2"))
    assert time.process_time() - start < 4
