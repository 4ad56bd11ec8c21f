"""Public pages are kept for those without a session, and right after each change that was committed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread, current_thread

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from common import page_cache, page_generation
from common.kept_pages import ENTRY, Kept, KeptPages, Store
from common.page_cache import Cut
from common.page_generation import frames, generation, written_table
from common.public import good_until, mark_public, public_page, seconds_good
from events.domain.registration import register, withdraw
from events.domain.sessions import cancel_session
from events.models import ActivityPage, Session
from pages.models import ContentPage, SiteSettings
from tests.factories import make_activity, make_home, make_person, make_session, make_user
from tests.visitor import Answer, Visitor, only

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')


DJANGO = WSGIHandler()


@pytest.fixture
def site() -> KeptPages:
    page_generation.renew()
    return KeptPages(DJANGO)


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


def text(site: KeptPages, path: str) -> str:
    return Visitor(site).get(path).text


def queries(visitor: Visitor, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert visitor.get(path).status == 200
    return len(asked)


def signed_in(site: KeptPages, **facts: str) -> Visitor:
    client = Client()
    client.force_login(make_user(**facts))
    visitor = Visitor(site)
    visitor.cookies["sessionid"] = client.cookies["sessionid"].value
    return visitor


@pytest.mark.parametrize("of", ["session", "calendar", "activity"])
def test_the_second_visitor_costs_no_query(of: str, site: KeptPages, activity: ActivityPage) -> None:
    session = make_session(activity)
    path = {"session": page_of(session), "calendar": "/calendrier/", "activity": activity.url}[of]
    first = Visitor(site).get(path)
    assert queries(Visitor(site), path) == 0
    again = Visitor(site).get(path)
    both = first.headers.keys() - {"Set-Cookie"}
    assert {"Content-Security-Policy", "Vary", "X-Frame-Options", "Referrer-Policy", "Content-Length"} <= both
    assert again.headers.keys() - {"Set-Cookie"} == both
    assert {name: again.headers[name] for name in both} == {name: first.headers[name] for name in both}


def test_what_was_registered_shows_at_once(site: KeptPages) -> None:
    session = make_session(capacity=1)
    before = text(site, page_of(session))
    with committing():
        registration = register(session=session, person=make_person()).registration
    assert "Réserver ma place" in before
    assert "Réserver ma place" not in text(site, page_of(session))
    with committing():
        withdraw(registration=registration)
    assert "Réserver ma place" in text(site, page_of(session))


def test_a_cancellation_shows_at_once(site: KeptPages) -> None:
    session = make_session()
    text(site, page_of(session))
    with committing():
        cancel_session(session=session, reason="La salle est inondée", by=None)
    assert "La salle est inondée" in text(site, page_of(session))


def test_publishing_and_settings_show_at_once(site: KeptPages, activity: ActivityPage) -> None:
    activity = activity.specific
    text(site, activity.url)
    activity.summary = "Une phrase toute neuve"
    with committing():
        activity.save_revision().publish()
    assert "Une phrase toute neuve" in text(site, activity.url)
    before = generation()
    with committing():
        SiteSettings(contact_email="nous@example.org").save()
    assert generation() != before


def test_unpublishing_shows_at_once(site: KeptPages, activity: ActivityPage) -> None:
    url = activity.url
    text(site, url)
    with committing():
        activity.specific.unpublish()
    assert Visitor(site).get(url).status == 404


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


def test_somebody_signed_in_gets_their_own_page(site: KeptPages) -> None:
    path = page_of(make_session())
    text(site, path)
    visitor = signed_in(site, first_name="Ghislaine")
    assert queries(visitor, path) > 0
    assert "Mon espace" in visitor.get(path).text
    assert "Mon espace" not in text(site, path)


def test_what_somebody_signed_in_saw_first_is_not_kept(site: KeptPages) -> None:
    path = page_of(make_session())
    assert "Mon espace" in signed_in(site).get(path).text
    assert not site.store.answers
    assert "Mon espace" not in text(site, path)


def test_two_visitors_never_share_a_token(site: KeptPages) -> None:
    path = page_of(make_session())
    visitors = [Visitor(site) for _ in range(3)]
    tokens = [TOKEN.search(visitor.get(path).text)[1] for visitor in visitors]
    secrets = [visitor.cookies["csrftoken"].value for visitor in visitors]
    assert len(set(tokens)) == len(set(secrets)) == 3
    kept = repr(site.store.answers)
    assert kept.count("Sophrologie") > 0
    assert not [each for each in (*tokens, *secrets) if each in kept]


def test_the_form_of_a_kept_page_works(site: KeptPages) -> None:
    session = make_session()
    path = page_of(session)
    text(site, path)
    visitor, client = Visitor(site), Client(enforce_csrf_checks=True)
    token = TOKEN.search(visitor.get(path).text)[1]
    client.cookies["csrftoken"] = visitor.cookies["csrftoken"].value
    sent = {
        "first_name": "Ana",
        "last_name": "Martin",
        "email": "ana@example.org",
        "profession": "60",
        "csrfmiddlewaretoken": token,
    }
    assert client.post(f"{path}inscription/", sent).status_code == 302
    assert session.registrations.count() == 1
    stranger, theirs = Visitor(site), Client(enforce_csrf_checks=True)
    stranger.get(path)
    theirs.cookies["csrftoken"] = stranger.cookies["csrftoken"].value
    assert theirs.post(f"{path}inscription/", sent).status_code == 403


@pytest.mark.parametrize("brought", ["a" * 31, "<" * 32, "é" * 32, "", "b" * 64, "c" * 32])
def test_a_secret_that_django_refuses_is_replaced_and_a_good_one_stays(brought: str, site: KeptPages) -> None:
    path = page_of(make_session())
    text(site, path)
    answers = []
    for application in (site, DJANGO):
        visitor = Visitor(application)
        visitor.get(path, {"Cookie": f"csrftoken={brought}".encode().decode("latin-1")})
        answers.append(visitor.cookies["csrftoken"])
    kept, made = (each.value for each in answers)
    assert (kept == brought) == (made == brought)
    assert len(kept) == len(made) == 32
    attributes = ("path", "max-age", "samesite", "httponly", "secure", "domain")
    assert [answers[0][name] for name in attributes] == [answers[1][name] for name in attributes]


def test_a_page_under_a_restriction_is_never_kept(site: KeptPages, activity: ActivityPage) -> None:
    PageViewRestriction.objects.create(page=activity, restriction_type="password", password="houle")
    assert queries(Visitor(site), activity.url) > 0
    assert queries(Visitor(site), activity.url) > 0


def test_a_page_that_is_not_marked_is_never_kept(site: KeptPages) -> None:
    assert "sessionid" not in Visitor(site).get("/compte/login/").headers.get("Set-Cookie", "")
    text(site, "/compte/login/")
    assert not site.store.answers


@pytest.mark.parametrize(
    "path",
    [
        *("/calendrier/?q=%00", "/calendrier/?q=" + "a" * 5000, "/calendrier/?q=%22", "/calendrier/?q=\xe9"),
        *(
            "/calendrier/?page=99999999999999999999",
            "/%ff%fe/",
            "/%00/",
            "//calendrier/",
            "/calendrier/%2e%2e/",
        ),
    ],
)
def test_nonsense_in_the_address_is_answered(path: str, site: KeptPages) -> None:
    for _ in range(2):
        assert Visitor(site).get(path).status in (200, 301, 302, 400, 404)
    assert all(len(key) < 2_100 for kept in site.store.answers for key in kept)


def test_htmx_gets_its_own_answer(site: KeptPages) -> None:
    make_session()
    text(site, "/calendrier/")
    with CaptureQueriesContext(connection) as asked:
        answer = Visitor(site).get("/calendrier/", {"HX-Request": "true"})
    assert len(asked) > 0
    assert "HX-Request" in answer.headers["Vary"]


def test_a_host_that_is_not_ours_is_refused_whatever_is_kept(site: KeptPages) -> None:
    path = page_of(make_session())
    text(site, path)
    for host in ("ailleurs.example", "localhost.ailleurs.example", "local host", "", "localhost:x"):
        assert Visitor(site).get(path, {"Host": host}).status == 400
    assert (
        Visitor(site).get(path, {"Host": "localhost", "X-Forwarded-Host": "ailleurs.example"}).status == 200
    )


def test_a_kept_page_of_https_is_never_given_where_https_is_due(site: KeptPages, settings) -> None:
    path = page_of(make_session())
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 60
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    behind = KeptPages(WSGIHandler())
    for _ in range(2):
        safe = Visitor(behind).get(path, {"X-Forwarded-Proto": "https"})
        assert (safe.status, safe.headers["Strict-Transport-Security"]) == (
            200,
            "max-age=60",
        )
    assert behind.store.answers
    for headers in ({}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "http, https"}):
        plain = Visitor(behind).get(path, headers)
        assert (plain.status, plain.headers["Location"]) == (301, f"https://localhost{path}")


def test_head_gets_the_headers_and_nothing_else(site: KeptPages) -> None:
    path = page_of(make_session())
    whole = Visitor(site).get(path)
    head = Visitor(site).get(path, REQUEST_METHOD="HEAD")
    assert (head.status, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert queries(Visitor(site), path) == 0


@pytest.mark.parametrize("how", ["post", "authorization", "long"])
def test_other_requests_pass_to_django(how: str, site: KeptPages) -> None:
    text(site, "/calendrier/")
    before = len(site.store.answers)
    if how == "post":
        assert Visitor(site).get("/calendrier/", REQUEST_METHOD="POST").status in (403, 405)
    elif how == "authorization":
        assert queries_of(site, {"Authorization": "Basic x"}) > 0
    else:
        Visitor(site).get("/calendrier/?q=" + "a" * 2_000)
    assert len(site.store.answers) == before


def queries_of(site: KeptPages, headers: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert Visitor(site).get("/calendrier/", headers).status == 200
    return len(asked)


def test_memory_is_bounded_and_what_was_asked_last_stays() -> None:
    store = Store(most=3 * (ENTRY + 1_001))

    def kept(size: int, word: str = "now", until: float = float("inf")) -> Kept:
        return Kept(Cut([b"x" * size], [], "", 60), [], word, until, b"", b"")

    for name in ("a", "b", "c"):
        store.put((name,), kept(1_000))
    assert store.get(("a",), "now")
    store.put(("d",), kept(1_000))
    assert (list(store.answers), store.weight) == ([("c",), ("a",), ("d",)], store.most)
    store.put(("e",), kept(store.most))
    assert (list(store.answers), store.weight) == ([], 0)
    store.put(("old",), kept(10, word="before"))
    store.put(("late",), kept(10, until=0.0))
    assert not store.get(("old",), "now")
    assert not store.get(("late",), "now")
    assert store.weight == 0


def test_nothing_is_kept_where_the_settings_say_so(settings) -> None:
    settings.KEPT_PAGES_MB = 0
    none = KeptPages(DJANGO)
    make_session()
    assert queries(Visitor(none), "/calendrier/") > 0
    assert queries(Visitor(none), "/calendrier/") > 0


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

    kept = KeptPages(only(answer))
    Visitor(kept).get("/quelque/part/")
    assert len(kept.store.answers) == (wrong == "nothing")


@pytest.mark.parametrize(
    "header",
    [("Set-Cookie", "theirs=1"), ("Cache-Control", "private"), ("Cache-Control", "max-age=0, no-store")],
)
def test_what_is_said_outside_of_the_cut_counts_too(header: tuple[str, str]) -> None:
    inner = only(public_page(lambda _: HttpResponse("Bonjour")))
    kept = KeptPages(
        lambda environ, begin: inner(environ, lambda status, said: begin(status, [*said, header]))
    )
    Visitor(kept).get("/quelque/part/")
    assert not kept.store.answers


def test_a_reader_who_began_before_the_commit_keeps_nothing_for_later() -> None:
    session = make_session()

    def read(request: HttpRequest) -> HttpResponse:
        mark_public(request)
        title = Session.objects.get().title
        if title == "Sophrologie":
            with committing():
                Session.objects.filter(pk=session.pk).update(title="Après")
        return HttpResponse(title)

    kept = KeptPages(only(read))
    assert [Visitor(kept).get("/").text for _ in range(2)] == ["Sophrologie", "Après"]


def test_a_page_goes_when_time_changes_it() -> None:
    now = timezone.now()
    soon, later = now + timedelta(seconds=7), now + timedelta(days=1)
    assert seconds_good(HttpResponse()) == 60
    assert 5 < seconds_good(good_until(HttpResponse(), None, later, soon)) <= 7
    assert seconds_good(good_until(HttpResponse(), now - timedelta(1), later)) == 60


def test_a_page_that_is_framed_elsewhere_says_so_again(site: KeptPages, activity: ActivityPage) -> None:
    answers: list[Answer] = [Visitor(site).get(f"/integrer/{activity.organisation.slug}/") for _ in range(2)]
    assert site.store.answers
    for answer in answers:
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers


def test_the_decorator_marks() -> None:
    kept = KeptPages(only(public_page(lambda _: HttpResponse("x"))))
    assert Visitor(kept).get("/").content == b"x"
    assert len(kept.store.answers) == 1


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


def test_a_commit_while_the_word_is_read_is_known_at_once(monkeypatch) -> None:
    shared = page_generation._shared

    def overtaken(key: str) -> str:
        word = shared(key)
        page_generation.renew()
        return word

    page_generation.renew()
    monkeypatch.setattr(page_generation, "_shared", overtaken)
    before = generation()
    monkeypatch.setattr(page_generation, "_shared", shared)
    assert generation() != before


def test_many_changes_in_a_second_make_pages_twice_in_it_and_the_last_one_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1_000.0]
    monkeypatch.setattr(page_generation, "monotonic", lambda: now[0])
    monkeypatch.setattr(page_generation, "REST", 0.4)
    monkeypatch.setattr("common.page_generation._Known.until", 0.0)
    page_generation.renew()
    words = [generation()]
    for _ in range(100):
        now[0] += 0.01
        page_generation.renew()
        words.append(generation())
    assert len(set(words)) == 3
    now[0] += 0.41
    assert generation() == cache.get(page_generation.KEY)


def test_a_change_after_a_quiet_moment_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(page_generation, "monotonic", lambda: now[0])
    monkeypatch.setattr(page_generation, "REST", 0.4)
    generation()
    now[0] += 0.41
    page_generation.renew()
    assert generation() == cache.get(page_generation.KEY)


def test_a_registration_leaves_what_frames_a_page_and_a_menu_changes_both() -> None:
    session = make_session()
    page, frame = generation(), frames()
    with committing():
        register(session=session, person=make_person())
    assert generation() != page
    assert frames() == frame
    page = generation()
    with committing():
        SiteSettings.objects.update_or_create(pk=1, defaults={"accessibility": "partial"})
    assert generation() != page
    assert frames() != frame


def test_no_page_is_kept_under_a_new_word_around_a_frame_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewed first, asked last: whoever learns the pages' new word learns the frames' too."""
    renewed: list[str] = []
    asked: list[str] = []
    write, read = cache.set, page_generation._shared
    monkeypatch.setattr(cache, "set", lambda key, *said: renewed.append(key) or write(key, *said))
    monkeypatch.setattr(page_generation, "_shared", lambda key: asked.append(key) or read(key))
    page_generation.renew()
    generation()
    assert renewed == [page_generation.FRAMES, page_generation.KEY]
    assert asked == [page_generation.KEY, page_generation.FRAMES]


def test_a_page_is_made_again_with_its_frame_when_the_menu_changes(
    site: KeptPages, activity: ActivityPage
) -> None:
    visitor, path = Visitor(site), f"/sessions/{make_session(activity).pk}/"
    assert "La criée" not in visitor.get(path).text
    with committing():
        home = Site.objects.get().root_page
        home.add_child(instance=ContentPage(title="La criée", slug="criee", show_in_menus=True))
    assert "La criée" in visitor.get(path).text


def test_a_slow_reader_brings_no_older_word_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page begun under the new word would be kept around a frame of before."""
    page_generation.renew()
    read, has_read, goes_on = page_generation._shared, Event(), Event()

    def slowly(key: str) -> str:
        found = read(key)
        if current_thread().name == "slow" and key == page_generation.FRAMES:
            has_read.set()
            goes_on.wait(5)
        return found

    monkeypatch.setattr(page_generation, "_shared", slowly)
    slow = Thread(target=generation, name="slow")
    slow.start()
    has_read.wait(5)
    cache.set(page_generation.FRAMES, "their frames", None)
    cache.set(page_generation.KEY, "their pages", None)
    assert generation() == "their pages"
    goes_on.set()
    slow.join()
    assert frames() == "their frames"


@pytest.mark.django_db(transaction=True)
def test_a_page_made_private_outside_of_a_transaction_is_not_kept_open(
    site: KeptPages, activity: ActivityPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite commits what returns a row once it is read: who learns the word before finds the page open."""
    name, renew = connection.settings_dict["NAME"], page_generation.renew
    assert Visitor(site).get(activity.url).status == 200

    def visit() -> None:
        connections["default"].settings_dict["NAME"] = name
        Visitor(site).get(activity.url)
        connections.close_all()

    def overtaken() -> None:
        renew()
        visitor = Thread(target=visit)
        visitor.start()
        visitor.join()

    monkeypatch.setattr(page_generation, "renew", overtaken)
    PageViewRestriction(page=activity, restriction_type="password", password="houle").save()
    monkeypatch.setattr(page_generation, "renew", renew)
    assert activity.title not in Visitor(site).get(activity.url).text
