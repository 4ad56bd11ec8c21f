"""Public pages are kept for those without a session, and right after each change that was committed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache, caches
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from common import page_cache, page_generation
from common.page_cache import PublicPages
from common.page_generation import generation, written_table
from common.public import good_until, mark_public, public_page, seconds_good
from events.domain.registration import register, withdraw
from events.domain.sessions import cancel_session
from events.models import ActivityPage, Session
from pages.models import SiteSettings
from tests.factories import make_activity, make_home, make_person, make_session, make_user

pytestmark = pytest.mark.django_db
KEPT = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages-of-a-test"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')


@pytest.fixture(autouse=True)
def _kept_pages(settings) -> Iterator[None]:
    settings.CACHES = {**settings.CACHES, "pages": KEPT}
    caches["pages"].clear()
    page_generation.renew()
    yield
    caches["pages"].clear()


@pytest.fixture
def activity() -> ActivityPage:
    """A page that the test host serves."""
    made = make_activity()
    Site.objects.update(root_page=make_home())
    Site.clear_site_root_paths_cache()
    return ActivityPage.objects.get(pk=made.pk)


@contextmanager
def committing() -> Iterator[None]:
    """What happens inside is committed at its end, as far as callbacks go."""
    connection.run_on_commit.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


def broken_change(session: Session) -> None:
    with transaction.atomic():
        Session.objects.filter(pk=session.pk).update(title="Jamais")
        raise ZeroDivisionError


def page_of(session: Session) -> str:
    return f"/sessions/{session.pk}/"


def text(path: str) -> str:
    return Client().get(path).content.decode()


def queries(path: str, client: Client | None = None) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert (client or Client()).get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("of", ["session", "calendar", "activity"])
def test_the_second_visitor_costs_no_query(of: str, activity: ActivityPage) -> None:
    session = make_session(activity)
    path = {
        "session": page_of(session),
        "calendar": "/calendrier/",
        "activity": activity.url,
    }[of]
    first = Client().get(path)
    assert queries(path) == 0
    again = Client().get(path)
    kept_headers = {"Content-Type", "Content-Length", "X-Frame-Options", "Vary"}
    assert {name: again[name] for name in kept_headers} == {name: first[name] for name in kept_headers}


def test_what_was_registered_shows_at_once() -> None:
    session = make_session(capacity=1)
    before = text(page_of(session))
    with committing():
        registration = register(session=session, person=make_person()).registration
    assert "Réserver ma place" in before
    assert "Réserver ma place" not in text(page_of(session))
    with committing():
        withdraw(registration=registration)
    assert "Réserver ma place" in text(page_of(session))


def test_a_cancellation_shows_at_once() -> None:
    session = make_session()
    text(page_of(session))
    with committing():
        cancel_session(session=session, reason="La salle est inondée", by=None)
    assert "La salle est inondée" in text(page_of(session))


def test_publishing_and_settings_show_at_once(activity: ActivityPage) -> None:
    activity = activity.specific
    text(activity.url)
    activity.summary = "Une phrase toute neuve"
    with committing():
        activity.save_revision().publish()
    assert "Une phrase toute neuve" in text(activity.url)
    before = generation()
    with committing():
        SiteSettings(contact_email="nous@example.org").save()
    assert generation() != before


def test_unpublishing_shows_at_once(activity: ActivityPage) -> None:
    url = activity.url
    text(url)
    with committing():
        activity.specific.unpublish()
    assert Client().get(url).status_code == 404


def test_what_was_rolled_back_purges_nothing() -> None:
    session = make_session()
    before = generation()
    with committing(), pytest.raises(ZeroDivisionError):
        broken_change(session)
    assert generation() == before
    with committing():
        Session.objects.filter(pk=session.pk).update(title="Peut-être")
        assert generation() == before
    assert generation() != before


def test_a_savepoint_that_was_rolled_back_hides_no_later_write() -> None:
    session = make_session()
    before = generation()
    with committing():
        with pytest.raises(ZeroDivisionError):
            broken_change(session)
        Session.objects.filter(pk=session.pk).update(title="Enfin")
    assert generation() != before


@pytest.mark.django_db(transaction=True)
def test_a_real_commit_renews_before_the_next_line() -> None:
    session = make_session()
    before = generation()
    Session.objects.filter(pk=session.pk).update(title="Enfin")
    assert generation() != before


def test_what_no_page_shows_purges_nothing() -> None:
    before = generation()
    with committing():
        user = make_user()
        user.last_login = timezone.now()
        user.save()
        Client().force_login(user)
    assert generation() == before


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ('INSERT INTO "events_session" ("title") VALUES (%s)', "events_session"),
        ('INSERT OR IGNORE INTO "events_session" VALUES (1)', "events_session"),
        ("\n  update events_session set title = 1", "events_session"),
        ('DELETE FROM "events_slot" WHERE 1', "events_slot"),
        ("SELECT 'UPDATE events_session'", ""),
        (object(), ""),
    ],
)
def test_a_write_is_told_from_a_question(sql: object, table: str) -> None:
    assert written_table(sql) == table


def test_somebody_signed_in_gets_their_own_page() -> None:
    session = make_session()
    text(page_of(session))
    client = Client()
    client.force_login(make_user(first_name="Ghislaine"))
    assert queries(page_of(session), client) > 0
    assert "Mon espace" in client.get(page_of(session)).content.decode()
    assert "Mon espace" not in text(page_of(session))


def test_two_visitors_never_share_a_token() -> None:
    session = make_session()
    path = page_of(session)
    visitors = [Client() for _ in range(3)]
    tokens = [TOKEN.search(client.get(path).content.decode())[1] for client in visitors]
    assert len(set(tokens)) == 3
    assert len({client.cookies["csrftoken"].value for client in visitors}) == 3
    cached = repr(caches["pages"]._cache)
    assert not [token for token in tokens if token in cached]


def test_the_form_of_a_kept_page_works() -> None:
    session = make_session()
    path = page_of(session)
    text(path)
    client = Client(enforce_csrf_checks=True)
    token = TOKEN.search(client.get(path).content.decode())[1]
    sent = {
        "first_name": "Ana",
        "last_name": "Martin",
        "email": "ana@example.org",
        "profession": "60",
        "csrfmiddlewaretoken": token,
    }
    assert client.post(f"{path}inscription/", sent).status_code == 302
    assert session.registrations.count() == 1
    stranger = Client(enforce_csrf_checks=True)
    stranger.get(path)
    assert stranger.post(f"{path}inscription/", sent).status_code == 403


def test_a_page_under_a_restriction_is_never_kept(activity: ActivityPage) -> None:
    PageViewRestriction.objects.create(page=activity, restriction_type="password", password="houle")
    assert queries(activity.url) > 0
    assert queries(activity.url) > 0


def test_a_page_that_is_not_marked_is_never_kept() -> None:
    assert "sessionid" not in Client().get("/compte/login/").cookies
    Client().get("/compte/login/")
    assert not caches["pages"]._cache


@pytest.mark.parametrize("query", ["?q=%00", "?q=" + "a" * 5000, "?q=%22", "?page=99999999999999999999"])
def test_nonsense_in_the_address_is_answered(query: str) -> None:
    for _ in range(2):
        assert Client().get(f"/calendrier/{query}").status_code in (200, 400, 404)


def test_htmx_gets_its_own_answer() -> None:
    make_session()
    text("/calendrier/")
    with CaptureQueriesContext(connection) as asked:
        response = Client().get("/calendrier/", headers={"HX-Request": "true"})
    assert len(asked) > 0
    assert "HX-Request" in response["Vary"]


def asked(path: str = "/quelque/part/") -> HttpRequest:
    request = RequestFactory(headers={"host": "localhost"}).get(path)
    request.session = SessionStore()
    return request


@pytest.mark.parametrize("wrong", ["nothing", "cookie", "session", "header", "status", "nonce", "seconds"])
def test_an_answer_for_one_visitor_is_never_kept(wrong: str) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("Bonjour", status=404 if wrong == "status" else 200)
        if wrong == "cookie":
            response.set_cookie("theirs", "1")
        if wrong == "session":
            request.session["theirs"] = 1
        if wrong == "header":
            response["Cache-Control"] = "no-store"
        if wrong == "nonce":
            request._csp_nonce = "theirs"
        if wrong == "seconds":
            response.public_seconds = 0
        mark_public(request)
        return response

    PublicPages(answer)(asked())
    assert len(caches["pages"]._cache) == (wrong == "nothing")


def test_a_reader_who_began_before_the_commit_keeps_nothing_for_later() -> None:
    session = make_session()

    def slow(request: HttpRequest) -> HttpResponse:
        mark_public(request)
        title = Session.objects.get().title
        with committing():
            Session.objects.filter(pk=session.pk).update(title="Après")
        return HttpResponse(title)

    def prompt(request: HttpRequest) -> HttpResponse:
        mark_public(request)
        return HttpResponse(Session.objects.get().title)

    assert PublicPages(slow)(asked()).content.decode() == "Sophrologie"
    assert PublicPages(prompt)(asked()).content.decode() == "Après"


def test_a_page_goes_when_time_changes_it() -> None:
    now = timezone.now()
    soon, later = now + timedelta(seconds=7), now + timedelta(days=1)
    assert seconds_good(HttpResponse()) == 60
    assert 5 < seconds_good(good_until(HttpResponse(), None, later, soon)) <= 7
    assert seconds_good(good_until(HttpResponse(), now - timedelta(1), later)) == 60


def test_marks_for_outer_middleware_are_kept() -> None:
    def framed(request: HttpRequest) -> HttpResponse:
        mark_public(request)
        response = HttpResponse("liste")
        response._csp_update = {"frame-ancestors": "*"}
        response.xframe_options_exempt = True
        return response

    for _ in range(2):
        response = PublicPages(framed)(asked())
        assert (response._csp_update, response.xframe_options_exempt) == ({"frame-ancestors": "*"}, True)


def test_the_decorator_marks() -> None:
    request = asked()
    public_page(lambda _: HttpResponse())(request)
    assert PublicPages(public_page(lambda _: HttpResponse("x")))(request).content == b"x"
    assert len(caches["pages"]._cache) == 1


def test_tokens_are_cut_at_their_own_secret_only() -> None:
    from django.middleware.csrf import _mask_cipher_secret

    own, other = "Qx" * 16, "b" * 32
    content = (
        f"<{_mask_cipher_secret(own)}> {'c' * 64} {_mask_cipher_secret(other)} {_mask_cipher_secret(own)}"
    )
    assert len(page_cache._between_tokens(content.encode(), own)) == 3


def test_a_change_made_by_another_process_shows_within_a_second(monkeypatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(page_generation, "monotonic", lambda: clock[0])
    page_generation.renew()
    before = generation()
    cache.set(page_generation.KEY, "theirs", None)
    assert generation() == before
    clock[0] += 0.25
    assert generation() == "theirs"


def test_visits_close_together_ask_for_the_word_once(monkeypatch) -> None:
    page_generation.renew()
    generation()
    monkeypatch.setattr(page_generation, "_shared", None)
    assert [generation() for _ in range(9)]
