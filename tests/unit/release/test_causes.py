"""Causes found in what libraries print: the ends of logs and health answers as they really look."""

from __future__ import annotations

import json

import pytest

from deployer.model import Answer, Runtime
from deployer.release import health
from deployer.release.diagnose import of_build, of_health

QDRANT_TRACE = """\
  File "/usr/local/lib/python3.11/site-packages/qdrant_client/http/api_client.py", line 108, in send
    raise UnexpectedResponse.for_response(response)
qdrant_client.http.exceptions.UnexpectedResponse: Unexpected Response: {status}
Raw response content:
b'{body}'
ERROR:    Application startup failed. Exiting."""

STARTS = {
    "qdrant suspended": (
        QDRANT_TRACE.format(status="404 (Not Found)", body="404 page not found\\n"),
        "suspended",
    ),
    "qdrant without the collection": (
        QDRANT_TRACE.format(
            status="404 (Not Found)",
            body='{"status":{"error":"Not found: Collection `docs` doesn\\\'t exist!"}}',
        ),
        "no such collection",
    ),
    "qdrant's key": (
        QDRANT_TRACE.format(status="403 (Forbidden)", body='{"error":"forbidden"}'),
        "`QDRANT_API_KEY`",
    ),
    "qdrant's address": (
        "qdrant_client.http.exceptions.ResponseHandlingException: [Errno -2] Name or service "
        "not known",
        "`QDRANT_URL`",
    ),
    "asyncpg and sslmode": (
        "    return await asyncpg.connect(*arg, **kw)\n"
        "TypeError: connect() got an unexpected keyword argument 'sslmode'",
        "`?ssl=require`",
    ),
    "asyncpg and channel_binding": (
        'asyncpg.exceptions.UndefinedObjectError: unrecognized configuration parameter '
        '"channel_binding"',
        "`channel_binding`",
    ),
    "no sslmode, psycopg": (
        'psycopg2.OperationalError: connection to server at "ep-blue-1.eu-central-1.aws.neon.tech" '
        "(3.66.1.2), port 5432 failed: ERROR:  connection is insecure (try using "
        "`sslmode=require`)",
        "?sslmode=require",
    ),
    "no sslmode, a server of one's own": (
        'asyncpg.exceptions.InvalidAuthorizationSpecificationError: no pg_hba.conf entry for host '
        '"10.1.2.3", user "app", database "app", no encryption',
        "without TLS",
    ),
    "a wrong sslmode": (
        'psycopg2.OperationalError: invalid sslmode value: "requires"',
        "`sslmode=require`",
    ),
    "a password": (
        'psycopg.OperationalError: connection failed: connection to server at "3.66.1.2", port '
        "5432 failed: FATAL:  password authentication failed for user \"neondb_owner\"",
        "user or password",
    ),
    "a database": (
        'asyncpg.exceptions.InvalidCatalogNameError: database "app" does not exist',
        "no such database",
    ),
    "localhost": (
        "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 5432)",
        "own machine",
    ),
    "a host": (
        'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) could not translate host '
        'name "db.old.example.com" to address: Name or service not known',
        "does not exist",
    ),
    "a sync driver": (
        "sqlalchemy.exc.InvalidRequestError: The asyncio extension requires an async driver to be "
        "used. The loaded 'psycopg2' is not async.",
        "postgresql+asyncpg://",
    ),
    "postgres://": (
        "sqlalchemy.exc.NoSuchModuleError: Can't load plugin: sqlalchemy.dialects:postgres",
        "postgresql://",
    ),
    "postgres' port": (
        'psycopg2.OperationalError: connection to server at "db.example.com" (9.8.7.6), port 5432 '
        "failed: Connection timed out",
        "80, 443 and 8080",
    ),
    "another port": (
        "TimeoutError: [Errno 110] Connect call failed ('9.8.7.6', 27017)",
        "port 27017",
    ),
    "a port in urllib3's words": (
        "urllib3.exceptions.MaxRetryError: HTTPConnectionPool(host='es.example.com', port=9200): "
        "Max retries exceeded with url: / (Caused by ConnectTimeoutError(<Connection>, 'timed "
        "out'))",
        "port 9200",
    ),
    "mail": (
        '  File "/usr/local/lib/python3.11/smtplib.py", line 312, in _get_socket\n'
        "TimeoutError: [Errno 110] Connection timed out",
        "SMTP",
    ),
    "gemini's key": (
        "google.genai.errors.ClientError: 400 INVALID_ARGUMENT. {'error': {'message': 'API key not "
        "valid. Please pass a valid API key.'}}",
        "`GEMINI_API_KEY`",
    ),
    "pydantic 1": (
        "pydantic.error_wrappers.ValidationError: 1 validation error for Settings\n"
        "gemini_api_key\n  field required (type=value_error.missing)",
        "`gemini_api_key`",
    ),
    "decouple": (
        "decouple.UndefinedValueError: GEMINI_API_KEY not found. Declare it as envvar or define a "
        "default value.",
        "`GEMINI_API_KEY`",
    ),
    "the app's own words": (
        "ValueError: QDRANT_URL environment variable is not set",
        "`QDRANT_URL`",
    ),
    "openai": (
        "openai.OpenAIError: The api_key client option must be set either by passing api_key to "
        "the client or by setting the OPENAI_API_KEY environment variable",
        "`OPENAI_API_KEY`",
    ),
    "port 80": (
        "ERROR:    [Errno 13] error while attempting to bind on address ('0.0.0.0', 80): "
        "permission denied",
        "below 1024",
    ),
    "a script that is not executable": (
        "docker: Error response from daemon: failed to create shim task: OCI runtime create "
        "failed: runc create failed: unable to start container process: "
        'exec: "./start.sh": permission denied: unknown.',
        "`./start.sh`, which is not executable",
    ),
    "a script with Windows line ends": (
        "exec ./start.sh: no such file or directory",
        "`./start.sh`, and has no such program Check CMD and ENTRYPOINT. A script that is there "
        "has Windows line ends",
    ),
    "a program that is not there": (
        'unable to start container process: exec: "gunicorn": executable file not found in $PATH',
        "`gunicorn`, and has no such program",
    ),
    "a script without its first line": (
        "exec /start: exec format error",
        "first line must name its interpreter",
    ),
    "a service on the app's own machine, asyncio": (
        "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 9200)",
        "on its own machine, port 9200",
    ),
    "a service on the app's own machine, redis": (
        "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection "
        "refused.",
        "on its own machine, port 6379",
    ),
    "a service on the app's own machine, mongo": (
        "pymongo.errors.ServerSelectionTimeoutError: localhost:27017: [Errno 111] Connection "
        "refused (configured timeouts: socketTimeoutMS: 20000.0ms)",
        "on its own machine, port 27017",
    ),
    "a service on the app's own machine, requests": (
        "requests.exceptions.ConnectionError: HTTPConnectionPool(host='localhost', port=11434): "
        "Max retries exceeded with url: /api/tags (Caused by NewConnectionError('<x>: Failed to "
        "establish a new connection: [Errno 111] Connection refused'))",
        "on its own machine, port 11434",
    ),
    "a crash in native code": ("it ended with exit code: 139", "segmentation fault"),
    "a folder at UID 1000": (
        "PermissionError: [Errno 13] Permission denied: '/app/uploads'",
        "UID 1000",
    ),
    "a shared library": (
        "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
        "`libGL.so.1`",
    ),
    "two versions": (
        "ImportError: cannot import name 'cached_download' from 'huggingface_hub' (/usr/local/lib)",
        "versions",
    ),
    "CORS": (
        'INFO:     10.16.4.1:43210 - "OPTIONS /api/chat HTTP/1.1" 400 Bad Request',
        "CORSMiddleware",
    ),
    "a library that ctypes loads": (
        "OSError: libgomp.so.1: cannot open shared object file: No such file or directory",
        "`libgomp.so.1`",
    ),
    "psycopg without libpq": (
        "- couldn't import psycopg 'binary' implementation: No module named 'psycopg_binary'\n"
        "- couldn't import psycopg 'python' implementation: libpq library not found",
        "`psycopg[binary]`",
    ),
    "uv's version": (
        "  ╰─▶ Because there is no version of fastapi==99.0 and you require fastapi==99.0, we can\n"
        "      conclude that your requirements are unsatisfiable.",
        "`fastapi==99.0`",
    ),
    "uv's contradiction": (
        "  ╰─▶ Because openai==1.30.0 depends on httpx>=0.23.0,<1 and you require httpx==0.20.0,\n"
        "      we can conclude that your requirements are\n      unsatisfiable.",
        "contradict",
    ),
    "pip's range": (
        "ERROR: No matching distribution found for torch<2.0,>=1.9",
        "`torch<2.0,>=1.9`",
    ),
    "another Python": (
        "ERROR: Package 'app' requires a different Python: 3.11.9 not in '>=3.12'",
        "`python-version`",
    ),
    "apt": ("E: Unable to locate package libgl1-mesa-glx", "`libgl1-mesa-glx`"),
    "a compiler": ("Error: pg_config executable not found.", "`psycopg2-binary`"),
    "a COPY of nothing": (
        "ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref "
        'a1b2::c3d4: "/app/data": not found',
        "`app/data`",
    ),
    "an env var": ("RuntimeError: Missing required env var: QDRANT_URL", "`QDRANT_URL`"),
    "an assertion": ("AssertionError: QDRANT_URL must be set", "`QDRANT_URL`"),
    "an advice": (
        "RuntimeError: Please set the QDRANT_URL environment variable",
        "`QDRANT_URL`",
    ),
    "langchain": (
        "Did not find google_api_key, please add an environment variable `GOOGLE_API_KEY` which "
        "contains it",
        "`GOOGLE_API_KEY`",
    ),
    "no address at all": (
        "sqlalchemy.exc.ArgumentError: Expected string or URL object, got None",
        "`DATABASE_URL` under `secrets:`",
    ),
    "gemini without a key": (
        "ValueError: Missing key inputs argument! To use the Google AI API, provide (`api_key`) "
        "arguments.",
        "`GEMINI_API_KEY`",
    ),
    "gemini's leaked key": (
        "google.genai.errors.ClientError: 403 PERMISSION_DENIED. {'error': {'message': 'Your API "
        "key was reported as leaked. Please use another API key.'}}",
        "new key",
    ),
    "asyncpg's sslmode": (
        "asyncpg.exceptions._base.ClientConfigurationError: `sslmode` parameter must be one of: "
        "disable, allow, prefer, require, verify-ca, verify-full",
        "`sslmode=require`",
    ),
    "a supabase user": (
        'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at '
        '"x.pooler.supabase.com" (3.1.2.3), port 6543 failed: FATAL:  Tenant or user not found',
        "user or password",
    ),
    "psycopg's host": (
        "psycopg.OperationalError: failed to resolve host 'db.old.example.com': [Errno -2] Name or "
        "service not known",
        "does not exist",
    ),
    "psycopg's port": (
        "psycopg.errors.ConnectionTimeout: connection timeout expired\nMultiple connection "
        "attempts failed. All failures were:\n- host: 'x', port: '5432', hostaddr: '9.8.7.6': "
        "connection timeout expired",
        "80, 443 and 8080",
    ),
    "neon's quota": (
        'psycopg2.OperationalError: connection to server at "ep-x.neon.tech" (3.1.2.3), port 5432 '
        "failed: ERROR:  Your account or project has exceeded the compute time quota.",
        "quota",
    ),
    "too many connections": (
        'asyncpg.exceptions.TooManyConnectionsError: too many connections for role "app"',
        "pooler",
    ),
    "IPv6": ("OSError: [Errno 101] Network is unreachable", "IPv4"),
    "mongo's port": (
        "pymongo.errors.ServerSelectionTimeoutError: c0-00.abc.mongodb.net:27017: timed out "
        "(configured timeouts: connectTimeoutMS: 20000.0ms)",
        "port 27017",
    ),
    "redis' port": (
        "redis.exceptions.ConnectionError: Error 110 connecting to r-1.c1.example.com:12345. "
        "Connection timed out.",
        "port 12345",
    ),
    "aiosmtplib": (
        "aiosmtplib.errors.SMTPConnectTimeoutError: Timed out connecting to smtp.example.com on "
        "port 587",
        "port 587",
    ),
    "gunicorn's port 80": (
        "[7] [ERROR] connection to ('0.0.0.0', 80) failed: [Errno 13] Permission denied",
        "below 1024",
    ),
    "a database file at UID 1000": (
        "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) attempt to write a readonly "
        "database",
        "UID 1000",
    ),
    "an indentation": ("IndentationError: unexpected indent", "no valid Python"),
    "pydantic's settings": (
        "pydantic.errors.PydanticImportError: `BaseSettings` has been moved to the "
        "`pydantic-settings` package.",
        "`pydantic-settings`",
    ),
    "a relative import": (
        "ImportError: attempted relative import with no known parent package",
        "`package.main:app`",
    ),
    "gunicorn's app": (
        "gunicorn.errors.AppImportError: Failed to find attribute 'app' in 'main'.",
        "can't load the app",
    ),
    "a full disk": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "disk",
    ),
    "the Hub's disk": ("Workload evicted, storage limit exceeded (50G)", "disk"),
    "gunicorn's worker": (
        "[1] [ERROR] Worker (pid:7) was sent SIGKILL! Perhaps out of memory?",
        "memory",
    ),
    "the Hub's exit 137": ("Exit code: 137. Reason: Error", "memory"),
    "killed": ("Loading weights\nKilled", "memory"),
    "exit 137": ("Job failed with exit code: 137. Reason: Error", "memory"),
}  # fmt: skip


@pytest.mark.parametrize(("log", "named"), STARTS.values(), ids=STARTS.keys())
def test_an_app_that_does_not_start_is_explained_by_its_log(log: str, named: str) -> None:
    runtime = Runtime(stage="RUNTIME_ERROR")
    [cause] = of_build(runtime, ("INFO: Started", *log.splitlines()), timed_out=False)
    assert named in f"{cause.title} {cause.remedy}"


NOT_THE_SERVER = {"psycopg without libpq", "a compiler", "a database file at UID 1000"}
POSTGRES = [
    name
    for name, (log, _) in STARTS.items()
    if ("pg" in log or "sqlalchemy" in log) and name not in NOT_THE_SERVER
]


@pytest.mark.parametrize("name", POSTGRES)
def test_a_database_that_is_down_is_explained_by_its_answer_and_by_the_log(name: str) -> None:
    said, named = STARTS[name]
    for error, log in ((said, ""), ("connection failed", said)):
        body = {"status": "degraded", "services": {"database": {"status": "error", "error": error}}}
        answer = Answer(status=200, body=json.dumps(body).encode())
        [cause] = of_health(health.judge(answer), answer, log.splitlines())
        assert named in f"{cause.title} {cause.remedy}"


def test_a_language_model_of_somebody_else_is_not_taken_for_gemini() -> None:
    said = "Error code: 401 - Incorrect API key provided. See https://platform.openai.com"
    body = {"status": "degraded", "services": {"llm": {"status": "error", "error": said}}}
    answer = Answer(status=200, body=json.dumps(body).encode())
    assert of_health(health.judge(answer), answer, ()) == ()


def test_an_answer_without_services_is_explained_by_what_it_says() -> None:
    answer = Answer(
        status=500, body=b"connect() got an unexpected keyword argument 'sslmode'\n"
    )  # fmt: skip
    [cause] = of_health(health.judge(answer), answer, ())
    assert "asyncpg" in cause.title


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)", "127.0.0.1"),
        ("INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", "port 8000"),
        ("[INFO] Listening at: http://0.0.0.0:5000 (7)", "port 5000"),
        ("[INFO] Running on http://127.0.0.1:8000 (CTRL + C to quit)", "127.0.0.1"),
        ("      server   Server started at http://0.0.0.0:8000", "port 8000"),
        ("INFO:     Uvicorn running on http://0.0.0.0:7860", "`health-timeout`"),
    ],
)
def test_an_app_that_never_counted_as_started_may_listen_elsewhere(line: str, named: str) -> None:
    never = Runtime(
        stage="RUNTIME_ERROR", error="Launch timed out, workload was not healthy after 30 min"
    )
    for runtime, timed_out in ((never, False), (Runtime(stage="APP_STARTING"), True)):
        [cause] = of_build(runtime, (line,), timed_out=timed_out)
        assert named in f"{cause.title} {cause.remedy}"


def test_a_port_is_no_cause_where_the_app_crashed_for_another_reason() -> None:
    log = ("Uvicorn running on http://127.0.0.1:8000", "boom")
    assert of_build(Runtime(stage="RUNTIME_ERROR"), log, timed_out=False) == ()


@pytest.mark.parametrize(
    "harmless",
    [
        "POST https://example.com:443 failed: Connection timed out",
        'INFO: 10.1.1.1:5432 - "GET /missing HTTP/1.1" 404 Not Found',
        "The API_KEY is long and was read",
    ],
)
def test_an_ordinary_line_is_no_cause(harmless: str) -> None:
    assert of_build(Runtime(stage="RUNTIME_ERROR"), (harmless,), timed_out=False) == ()


@pytest.mark.parametrize(
    "word",
    ["port ", "A_", "AB_CD ", "Collection `", "API_KEY_", "libx", 'database "', "no pg_hba.conf "
     "entry for ", "qdrant_client.", "running on http://", "[Errno 110] ", "port=1)",
     "a.b:1 ", "Set A_", "calculate checksum of ref "],
)  # fmt: skip
def test_a_hostile_log_costs_no_time(word: str) -> None:
    long = word * (200_000 // len(word))
    of_build(Runtime(stage="x", error="launch timed out"), (long,), timed_out=True)
