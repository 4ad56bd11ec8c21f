"""The same forty people, through a real web server with four worker processes."""

import http.client
import re
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.concurrency.crowd import states
from tests.factories import make_session
from tests.processes import web_server

PEOPLE = 40
SEATS = 5


def _request(
    port: int, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=90)) as client:
        client.request(method, path, body, headers or {})
        response = client.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        return response


def _visit(port: int, session_id: int, i: int, start: threading.Barrier, statuses: list[int]) -> None:
    page = _request(port, "GET", f"/sessions/{session_id}/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)  # type: ignore[attr-defined]
    cookie = re.search(r"csrftoken=([^;]+)", page.headers.get("Set-Cookie", ""))
    assert token
    assert cookie
    form = {
        "csrfmiddlewaretoken": token[1],
        "first_name": "Camille",
        "last_name": f"Martin {i}",
        "email": f"camille{i}@example.org",
        "profession": "60",
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={cookie[1]}",
        "Origin": f"http://127.0.0.1:{port}",
    }
    start.wait(timeout=120)
    answer = _request(port, "POST", f"/sessions/{session_id}/inscription/", urlencode(form), headers)
    statuses.append(answer.status)


@pytest.mark.django_db(transaction=True)
def test_forty_people_who_post_at_once_all_get_a_page_and_five_get_a_seat(tmp_path: Path) -> None:
    session = make_session(capacity=SEATS)
    statuses: list[int] = []
    with web_server(tmp_path, connection.settings_dict, workers=4) as port:
        start = threading.Barrier(PEOPLE)
        crowd = [
            threading.Thread(target=_visit, args=(port, session.pk, i, start, statuses))
            for i in range(PEOPLE)
        ]
        for each in crowd:
            each.start()
        for each in crowd:
            each.join()

    assert Counter(statuses) == {302: PEOPLE}
    assert states(session.pk) == {"confirmed": SEATS, "waitlisted": PEOPLE - SEATS}
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting) == (SEATS, PEOPLE - SEATS)
