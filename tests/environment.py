"""The environment that tests run in.

A pytest plugin (see ``addopts``), because the settings are read before any ``conftest.py``. Nothing
that a developer keeps in ``var/`` or in their shell reaches the tests.
"""

import os
from pathlib import Path

from tests import databases

FORGOTTEN = (
    *("DEBUG", "ESCALE_DEMO", "ALLOWED_HOSTS", "EMAIL_URL", "BEHIND_PROXY", "LOG_LEVEL"),
    *("SECOND_FACTOR_REQUIRED", "PSC_CLIENT_ID", "PSC_CLIENT_SECRET", "PSC_SERVER_URL"),
    *("S3_BUCKET", "S3_PRIVATE_BUCKET", "S3_ENDPOINT_URL", "S3_REGION", "S3_ADDRESSING"),
)
BUILD = Path(__file__).resolve().parents[1] / "build" / "test"


def _prepare() -> None:
    static = BUILD / "static"
    static.mkdir(parents=True, exist_ok=True)
    for name in FORGOTTEN:
        os.environ.pop(name, None)
    os.environ.update(
        SECRET_KEY="tests-only-" + "0" * 50,
        BASE_URL="http://localhost:8000",
        ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
        CACHE_URL="locmemcache://",
        # A test that never commits renews no kept page; tests of the page cache choose one of their own.
        PAGES_CACHE_URL="dummycache://",
        CONN_MAX_AGE="0",
        # Tasks are recorded, not run: tests of messages call ``deliver_due`` themselves, so that what
        # is queued and what is delivered are two assertions.
        TASKS_BACKEND="django_tasks.backends.dummy.DummyBackend",
        # Collecting static files is for the demo and production.
        STATICFILES_BACKEND="django.contrib.staticfiles.storage.StaticFilesStorage",
        STATIC_ROOT=str(static),
        MEDIA_ROOT=str(BUILD / "media"),
        IMPORTS_ROOT=str(BUILD / "imports"),
        PRIVATE_ROOT=str(BUILD / "private"),
        ERASURES_FILE=str(BUILD / f"erasures-{os.getpid()}.txt"),
        # Playwright's synchronous API runs an event loop in the thread of the test.
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
    )
    if "PYTEST_XDIST_WORKER" not in os.environ:  # workers inherit what their controller chose
        os.environ["DATABASE_URL"] = databases.start(os.environ.get("ESCALE_TEST_DB", "sqlite"))


_prepare()
