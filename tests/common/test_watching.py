"""Around each answer: an identifier, a line without a path, a count by route."""

import io
import json
import logging
import os
from collections.abc import Iterator
from logging.config import dictConfig
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import RequestFactory

from common import metrics, watching
from common.watching import Watched
from tests.factories import make_registration, make_session

pytestmark = [pytest.mark.one_engine, pytest.mark.django_db]
SECRETS = {
    "first_name": "Zqprenom",
    "last_name": "Zqnom",
    "email": "zqadresse@example.org",
    "profession": "60",
    "token": "12.1.zqjeton-de-quelqu-un",
}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[io.StringIO]:
    """What the console shows as JSON, with a line for each answer, at the most talkative level."""
    settings.ACCESS_LOG = True
    console = {**django_settings.LOGGING["handlers"]["console"], "formatter": "json"}
    root = {**django_settings.LOGGING["root"], "level": "INFO"}
    dictConfig({**django_settings.LOGGING, "handlers": {"console": console}, "root": root})
    handler = next(each for each in logging.getLogger().handlers if each.name == "console")
    shown = io.StringIO()
    monkeypatch.setattr(handler, "stream", shown)
    yield shown
    dictConfig(django_settings.LOGGING)


def serve(method: str, path: str, body: str = "", **environ: str) -> tuple[str, dict[str, str]]:
    """``path`` through the whole application, as a web server would ask it."""
    said: list[Any] = []
    kind = "application/x-www-form-urlencoded"
    request = RequestFactory(HTTP_HOST="localhost", **environ).generic(method, path, body, content_type=kind)
    request_started.disconnect(close_old_connections)  # the test's transaction is on one of them
    try:
        b"".join(Watched(WSGIHandler())(request.environ, lambda *begun: said.extend(begun)))
    finally:
        request_started.connect(close_old_connections)
    return said[0][:3], dict(said[1])


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def broken(*_: Any, **__: Any) -> None:
    raise ValueError(SECRETS["email"])


def test_each_answer_leaves_one_line_with_its_route_and_never_its_path(lines: io.StringIO) -> None:
    status, headers = serve("GET", f"/inscriptions/{SECRETS['token']}/?q=zqcherche")
    (line,) = read(lines)
    assert line.pop("ms") > 0
    assert line.pop("time").endswith("+00:00")
    assert line.pop("message").startswith("GET events:registration 404 ")
    assert line == {
        "level": "INFO",
        "logger": "escale.access",
        "process": django_settings.PROCESS,
        "request_id": headers["X-Request-ID"],
        "route": "events:registration",
        "method": "GET",
        "status": int(status),
    }


def test_no_line_holds_what_somebody_typed_or_was_given(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session()
    make_registration(session=session, email=SECRETS["email"], last_name=SECRETS["last_name"])
    lines.truncate(0)
    lines.seek(0)
    body = urlencode(SECRETS)
    paths = [
        f"/sessions/{session.pk}/inscription/",
        "/compte/login/",
        "/compte/signup/",
        "/compte/login/code/",
        f"/inscriptions/{SECRETS['token']}/",
        f"/avis/{SECRETS['token']}/",
        f"/nulle-part/{SECRETS['email']}/",
        "/recherche/?q=zqcherche",
        f"/zqchemin/?email={SECRETS['email']}",
    ]
    for path in paths:
        for method in ("GET", "POST", "ZQMETHODE"):
            serve(method, path, body, HTTP_X_REQUEST_ID="zqidentifiant", HTTP_USER_AGENT="zqagent")
    monkeypatch.setattr("events.views.registration.read_registration_token", broken)
    assert serve("GET", f"/inscriptions/{SECRETS['token']}/")[0] == "500"
    told = lines.getvalue()
    assert len(read(lines)) > len(paths) * 3
    assert "zq" not in told.lower()
    assert "example.org" not in told
    error = next(line for line in read(lines) if "exception" in line)
    assert error["exception"].endswith("ValueError")
    assert error["route"] == "inscriptions/<str:token>/"


def test_a_proxys_identifier_is_kept_only_if_it_is_trusted_and_well_formed(settings: Any) -> None:
    given = "7f3a-1234.abc_X"
    settings.BEHIND_PROXY = False
    assert serve("GET", "/sante/vivant/", HTTP_X_REQUEST_ID=given)[1]["X-Request-ID"] != given
    settings.BEHIND_PROXY = True
    assert serve("GET", "/sante/vivant/", HTTP_X_REQUEST_ID=given)[1]["X-Request-ID"] == given
    for bad in ("short", "a" * 65, "two words!", "camille@example.org"):
        assert serve("GET", "/sante/vivant/", HTTP_X_REQUEST_ID=bad)[1]["X-Request-ID"] != bad


def test_answers_are_counted_by_route(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_TOKEN = "word"
    metrics._counts.cache_clear()
    serve("GET", "/sante/vivant/")
    serve("ZQMETHODE", "/zqchemin/")
    text = metrics.text({}).decode()
    assert 'escale_requests_total{method="GET",route="alive",status="2xx"} 1.0' in text
    assert 'escale_request_seconds_count{method="GET",route="alive"} 1.0' in text
    assert "zq" not in text.lower()


def test_an_application_that_breaks_is_counted_too(settings: Any) -> None:
    settings.METRICS_TOKEN = "word"
    metrics._counts.cache_clear()
    with pytest.raises(ValueError, match="zq"):
        Watched(broken)({"REQUEST_METHOD": "GET"}, print)
    assert f'route="{watching.UNNAMED}",status="5xx"}} 1.0' in metrics.text({}).decode()


def test_the_directory_of_a_server_that_ended_is_swept_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(metrics.SHARED, "")
    (tmp_path / "1-0").mkdir()  # the number of another process now
    (tmp_path / "999999999-5").mkdir()
    metrics.share(tmp_path)
    (own,) = tmp_path.iterdir()
    assert own.name.startswith(f"{os.getppid()}-")
    assert os.environ[metrics.SHARED] == str(own)
