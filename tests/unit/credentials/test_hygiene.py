from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.credentials.hygiene import check_entries
from deployer.errors import Notice, Problem
from deployer.model import Backend, Entry, OriginSetting, Secret
from tests.unit.credentials.backends import backend

PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0=\n-----END PRIVATE KEY-----\n"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
NEON = "postgresql://u:npg_abc@ep-cool-1.eu-central-1.aws.neon.tech/db"


def entry(name: str, value: str, *, public: bool = False) -> Entry:
    return Entry(name=name, value=Secret(value), public=public, line=3)


def check(
    name: str, value: str, *, public: bool = False, reads: Backend | None = None
) -> tuple[tuple[Problem, ...], tuple[Notice, ...]]:
    return check_entries([entry(name, value, public=public)], backend=reads)


def only_problem(name: str, value: str, *, public: bool = False) -> str:
    problems, _ = check(name, value, public=public)
    assert len(problems) == 1, problems
    assert str(problems[0].where) == f"input `{'variables' if public else 'secrets'}`, line 3"
    return problems[0].message


def only_warning(name: str, value: str, *, public: bool = False) -> str:
    problems, notices = check(name, value, public=public)
    assert not problems
    (warning,) = [notice for notice in notices if notice.warning]
    return warning.message


GOOD_SECRETS = {
    "GEMINI_API_KEY": "AIzaSyB-1234567890abcdefghijklmnopqrstu",
    "OPENAI_API_KEY": "sk-proj-Ab12Cd34Ef56Gh78Ij90_kl-MN",
    "QDRANT_API_KEY": JWT,
    "QDRANT_URL": "https://abc-123.europe-west3-0.gcp.cloud.qdrant.io:6333",
    "QDRANT_MEMORY_URL": ":memory:",
    "QDRANT_LOCAL_URL": "./qdrant_data",
    "DATABASE_URL": NEON + "?sslmode=require&channel_binding=require",
    "ASYNC_DATABASE_URL": NEON.replace("://", "+asyncpg://") + "?ssl=require",
    "VERIFIED_URL": "postgres://u:p@db.example.com:5432/app?sslmode=verify-full",
    "PSYCOPG_URL": "postgresql+psycopg://u:p%40ss@db.example.com/app?sslmode=verify-ca",
    "HASH_URL": "postgresql://u:pa#ss/w?rd@db.example.com/app?sslmode=require",
    "POOL_URL": "postgresql://u:p@h1.example.com,h2.example.com:6543/app?sslmode=require",
    "SQLITE_URL": "sqlite:///./data/app.db",
    "REDIS_URL": "rediss://default:abc@cache.upstash.io:6379",
    "MONGODB_URI": "mongodb+srv://u:p@cluster0.abcde.mongodb.net/?retryWrites=true&w=majority",
    "JWT_SECRET": "correct horse battery staple",
    "SECRET_KEY": "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "PASSWORD_HASH": "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    "PASSWORD": 'p@ss w0rd!$ "quoted" inside',
    "PRIVATE_KEY": PEM,
    "WINDOWS_KEY": PEM.replace("\n", "\r\n"),
    "GOOGLE_CREDENTIALS": json.dumps({"private_key": PEM, "type": "service_account"}, indent=2),
    "GOOGLE_PRETTY": json.dumps({"type": "service_account"}, indent=2) + "\n",
    "BASE64": "c2VjcmV0Cg==",
    "EMOJI": "Grüße 👩‍💻",
    "COHERE_API_KEY": "xXxYour4keyHere9000abcdefghijKLMNOP12345",
    "PROMPT": 'Answer "briefly" in <b>HTML</b>, and say "I do not know" if unsure',
    "SENTRY_DSN": "https://0123456789abcdef@o1.ingest.sentry.io/2",
}
GOOD_VARIABLES = {
    "QDRANT_COLLECTION": "book",
    "COLLECTION_NAME": "example",
    "ALLOWED_ORIGINS": "https://my-app.vercel.app,http://localhost:3000",
    "CORS_ORIGINS": '["https://a.example.com", "https://b.example.com"]',
    "ALLOW_ORIGINS": "*",
    "MOBILE_ORIGIN": "capacitor://localhost",
    "ALLOW_ORIGIN_REGEX": r"https://.*\.vercel\.app",
    "FRONTEND_URL": "https://user.github.io/book/",
    "LOG_LEVEL": "INFO",
    "DEBUG": "false",
    "MAX_TOKENS": "512",
    "REQUIRE_PASSWORD": "true",
    "STATUS": "todo-list",
    "SORT_KEY": "created_at_descending_order",
    "EMBEDDING_MODEL": "sentence-transformers/all-MiniLM-L6-v2",
    "GIT_SHA": "0123456789abcdef0123456789abcdef01234567",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_51H8example",
    "QDRANT_URL": "https://abc-123.cloud.qdrant.io",
    "EMPTY": "",
    "LABEL": "Enter your password",
    "GREETING": "Your assistant is here",
    "DATABASE_URL": "sqlite:////data/app.db",
    "DATE_FORMAT": "YYYY-MM-DD",
    "MODEL_URL": "https://example.com/model?version=2&key=en",
}


@pytest.mark.parametrize("name", GOOD_SECRETS)
def test_a_good_secret_passes(name: str) -> None:
    problems, notices = check(name, GOOD_SECRETS[name])
    assert not problems
    assert not [notice for notice in notices if notice.warning]


@pytest.mark.parametrize("name", GOOD_VARIABLES)
def test_a_good_variable_passes(name: str) -> None:
    assert check(name, GOOD_VARIABLES[name], public=True) == ((), ())


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (" value", "begins with a space"),
        ("value ", "ends with a space"),
        ("value\n", "ends with a line break"),
        ("value\r", "ends with a carriage return"),
        ("\tvalue", "begins with a tab"),
        ("value\u00a0", "ends with white space"),
        ("  ", "nothing but white space"),
        ('"value"', "has quotes around"),
        ("'value'", "has quotes around"),
        ("val\x00ue", "U+0000"),
        ("\ufeffvalue", "U+FEFF"),
        ("val\u200bue", "U+200B"),
        ("xxx", "placeholder"),
        ("XXXXXXXX", "placeholder"),
        ("sk-xxxxxxxx", "placeholder"),
        ("sk-...", "placeholder"),
        ("your-key-here", "placeholder"),
        ("YOUR_API_KEY", "placeholder"),
        ("your api key", "placeholder"),
        ("Enter your password", "placeholder"),
        ("none", "placeholder"),
        ("<your key>", "placeholder"),
        ("[YOUR-PASSWORD]", "placeholder"),
        ("changeme", "placeholder"),
        ("change-me!", "placeholder"),
        ("replace_me", "placeholder"),
        ("insert key here", "placeholder"),
        ("TODO", "placeholder"),
        ("...", "placeholder"),
        ("undefined", "placeholder"),
        ("***", "placeholder"),
        ("${{ secrets.GEMINI_API_KEY }}", "placeholder"),
    ],
)
def test_a_value_that_cannot_work_is_a_problem(value: str, said: str) -> None:
    message = only_problem("GEMINI_API_KEY", value)
    assert message.startswith("`GEMINI_API_KEY`")
    assert said in message


def test_a_placeholder_inside_an_address_is_a_problem() -> None:
    template = (
        "postgresql://postgres:[YOUR-PASSWORD]@db.abc.supabase.co:5432/postgres?sslmode=require"
    )
    assert "contains a placeholder" in only_problem("DATABASE_URL", template)
    assert "contains a placeholder" in only_problem("QDRANT_URL", "https://xxx.cloud.qdrant.io")


def test_a_line_break_at_the_end_has_its_usual_cause_named() -> None:
    ((problem,), _) = check("X", "value\n")
    assert "echo" in problem.hint
    ((problem,), _) = check("X", "value ")
    assert "echo" not in problem.hint


@pytest.mark.parametrize("value", ["test", "dummy", "my-secret-key", "test_key"])
def test_a_made_up_key_is_a_warning_since_it_may_work(value: str) -> None:
    assert "made-up" in only_warning("GEMINI_API_KEY", value)


def test_all_that_is_wrong_with_a_value_is_told_at_once() -> None:
    problems, _ = check("DATABASE_URL", NEON + " ")
    assert [("space" in p.message, "sslmode" in p.message) for p in problems] == [
        (True, False),
        (False, True),
    ]


def test_no_message_shows_a_secret_value() -> None:
    for name in ("DATABASE_URL", "QDRANT_URL", "ALLOWED_ORIGINS", "X"):
        for value in (
            "qQ7-canary ",
            "'qQ7-canary'",
            NEON + "?x=qQ7-canary",
            "https://qQ7-canary/ b",
        ):
            problems, notices = check(
                name,
                value,
                reads=backend(origins=OriginSetting(name="ALLOWED_ORIGINS", as_json=True)),
            )
            assert "qQ7-canary" not in repr((problems, notices))


# --- PostgreSQL ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "?sslmode=prefer", "?sslmode=disable", "?channel_binding=require"]
)
@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgres+psycopg"]
)
def test_neon_without_sslmode_is_a_problem(scheme: str, query: str) -> None:
    url = NEON.replace("postgresql", scheme) + query
    assert "`sslmode=require`" in only_problem("DATABASE_URL", url)


def test_neon_without_ssl_is_a_problem_for_asyncpg_with_its_own_spelling() -> None:
    url = NEON.replace("://", "+asyncpg://")
    assert "`ssl=require`" in only_problem("DATABASE_URL", url)


def test_another_name_for_the_database_makes_no_difference() -> None:
    assert only_problem("NEON_CONNECTION", NEON)


def test_postgresql_elsewhere_without_sslmode_is_a_warning() -> None:
    assert "sslmode" in only_warning("DATABASE_URL", "postgresql://u:p@db.example.com/app")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:5433", "[::1]:5432", ""])
def test_a_local_postgresql_needs_no_sslmode(host: str) -> None:
    problems, notices = check("DATABASE_URL", f"postgresql://u:p@{host}/app")
    assert not problems
    assert not [notice for notice in notices if notice.warning]


def test_a_copied_psql_command_is_a_problem() -> None:
    assert "`psql` command" in only_problem("DATABASE_URL", f"psql '{NEON}?sslmode=require'")


def test_sslmode_for_asyncpg_is_a_warning() -> None:
    url = NEON.replace("://", "+asyncpg://") + "?sslmode=require"
    assert "asyncpg" in only_warning("DATABASE_URL", url)


def test_a_local_postgresql_is_said_to_be_the_spaces_own_container() -> None:
    _, (notice,) = check("DATABASE_URL", "postgresql://u:p@localhost/app")
    assert "localhost" in notice.message


# --- Qdrant --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["abc.cloud.qdrant.io", "abc.cloud.qdrant.io:6333", "https:/abc", "//abc"]
)
def test_a_qdrant_url_without_a_scheme_is_a_problem(url: str) -> None:
    assert "https://" in only_problem("QDRANT_URL", url)


def test_a_qdrant_url_with_a_space_at_its_end_is_one_problem() -> None:
    assert "ends with a space" in only_problem("QDRANT_URL", "https://abc.cloud.qdrant.io ")


def test_an_unencrypted_qdrant_cloud_is_a_warning() -> None:
    assert "http://" in only_warning("QDRANT_URL", "http://abc.cloud.qdrant.io:6333", public=True)


# --- origins -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("https://a.example.com/", "slash or path"),
        ("https://a.example.com/chat", "slash or path"),
        ("https://a.example.com,https://b.example.com/", "slash or path"),
        ("a.example.com", "no scheme"),
        ("localhost:3000", "no scheme"),
        ("https://", "no scheme"),
        ("https://*.vercel.app", "`*`"),
        ("https://a.example.com https://b.example.com", "a space"),
        ('["https://a.example.com/"]', "slash or path"),
        ('[" https://a.example.com"]', "a space"),
    ],
)
@pytest.mark.parametrize("name", ["ALLOWED_ORIGINS", "CORS_ORIGINS", "BACKEND_CORS_ORIGINS"])
def test_an_origin_that_matches_no_browser_is_a_problem(name: str, value: str, said: str) -> None:
    assert said in only_problem(name, value, public=True)


def test_a_space_beside_a_comma_is_a_warning() -> None:
    value = "https://a.example.com, https://b.example.com"
    assert "beside a comma" in only_warning("ALLOWED_ORIGINS", value, public=True)


def test_the_name_that_the_cors_code_reads_is_checked_whatever_it_is_called() -> None:
    problems, _ = check(
        "FRONTEND_URL",
        "https://a.example.com/",
        public=True,
        reads=backend(origins=OriginSetting(name="FRONTEND_URL")),
    )
    assert len(problems) == 1


def test_an_origin_that_no_browser_writes_so_is_a_warning() -> None:
    assert "no browser sends" in only_warning(
        "ALLOWED_ORIGINS", "https://My-App.vercel.app", public=True
    )
    assert "no browser sends" in only_warning("ALLOWED_ORIGINS", "https://a.io:443", public=True)


def test_the_remedy_quotes_a_public_origin_and_no_secret_one() -> None:
    ((public,), _) = check("ALLOWED_ORIGINS", "https://a.io/x", public=True)
    ((hidden,), _) = check("ALLOWED_ORIGINS", "https://a.io/x")
    assert "`https://a.io`" in public.hint
    assert "a.io" not in str(hidden)


def test_an_origin_with_a_password_is_not_repeated() -> None:
    problems, _ = check("ALLOWED_ORIGINS", "https://u:canary@a.io", public=True)
    assert problems
    assert "canary" not in str(problems)


def test_commas_where_the_code_parses_json_are_a_problem() -> None:
    reads = backend(origins=OriginSetting(name="CORS_ORIGINS", as_json=True))
    ((problem,), _) = check("CORS_ORIGINS", "https://a.io,https://b.io", public=True, reads=reads)
    assert '["https://a.io", "https://b.io"]' in problem.hint
    assert check("CORS_ORIGINS", '["https://a.io"]', public=True, reads=reads) == ((), ())


# --- secret or variable --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEMINI_API_KEY", "anything"),
        ("QDRANT_API_KEY", "abc"),
        ("ANYTHING", "hf_aB3dE6gH9aB3dE6gH9aB3dE6gH9"),
        ("ANYTHING", "ghp_0123456789abcdefABCDEF"),
        ("ANYTHING", "sk-proj-Ab12Cd34Ef56Gh78Ij90"),
        ("ANYTHING", "AIzaSyB1234567890abcdefghijklmnopqrs"),
        ("ANYTHING", JWT),
        ("ANYTHING", PEM),
        ("DATABASE_URL", NEON + "?sslmode=require"),
        ("CACHE", "redis://:hunter@cache:6379"),
        ("QDRANT_URL", "https://abc.cloud.qdrant.io?api-key=0123456789"),
        ("QDRANT_URL", "https://u:secret@abc.cloud.qdrant.io"),
        ("ADMIN_PASSWORD", "hunter2"),
        ("ACCESS_TOKEN", "a1b2c3d4e5f6g7h8i9j0"),
    ],
)
def test_a_public_value_that_looks_like_a_key_is_refused(name: str, value: str) -> None:
    assert "looks like a secret" in only_problem(name, value, public=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QDRANT_COLLECTION", "book"),
        ("ALLOWED_ORIGINS", "https://my-app.vercel.app"),
        ("LOG_LEVEL", "INFO"),
        ("QDRANT_URL", "https://abc.cloud.qdrant.io:6333"),
    ],
)
def test_what_serves_better_as_a_variable_is_said_and_sent(name: str, value: str) -> None:
    problems, (notice,) = check(name, value)
    assert not problems
    assert not notice.warning
    assert "serves better as a variable" in notice.message


def test_the_name_of_the_cors_setting_serves_better_as_a_variable_whatever_it_is_called() -> None:
    _, (notice,) = check(
        "WHO_MAY", "https://a.io", reads=backend(origins=OriginSetting(name="WHO_MAY"))
    )
    assert "serves better as a variable" in notice.message


def test_a_qdrant_url_with_a_key_is_at_home_among_the_secrets() -> None:
    assert check("QDRANT_URL", "https://abc.cloud.qdrant.io?api-key=0123456789") == ((), ())


@given(
    name=st.sampled_from(["X", "DATABASE_URL", "QDRANT_URL", "ALLOWED_ORIGINS", "API_KEY"]),
    value=st.one_of(
        st.text(max_size=80),
        st.text(alphabet="ahtps:/@?#=&*[]<>{}\"' \n.,x", max_size=60).map("postgresql://".__add__),
        st.text(alphabet="ahtps:/@?#=&*[]<>{}\"' \n.,x", max_size=60).map("https://".__add__),
    ),
    public=st.booleans(),
)
def test_no_value_breaks_a_check_or_is_repeated_when_secret(
    name: str, value: str, public: bool
) -> None:
    problems, notices = check(name, "qQ7canary" + value, public=public)
    if not public:
        assert "qQ7canary" not in str((problems, notices))
    check(name, value, public=public)


@pytest.mark.parametrize("public", [False, True])
def test_a_value_that_is_no_utf_8_is_refused(public: bool) -> None:
    latin = b"caf\xe9 4711".decode("utf-8", "surrogateescape")
    assert "UTF-8" in only_problem("GREETING", latin, public=public)


def test_a_variable_that_holds_a_secret_is_refused() -> None:
    value = "cn-7Qx1-canary-9Zk2"
    entries = [entry("GREETING", f"hi {value}", public=True), entry("SESSION", value)]
    [problem], _ = check_entries(entries, backend=None)
    assert "GREETING" in problem.message
    assert "SESSION" in problem.message
    assert value not in str(problem)
