"""Who may open what: every address of ours, for everybody, read and written.

An address that nobody declared here fails, and so does one whose answer changed. ``login`` is a
redirect to the sign-in page, ``home`` Wagtail's « vous n’avez pas le droit » redirect to its home.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from events.models import Registration, Session
from tests import factories
from tests.access_world import CANARY, Place, client_of, open_place, readable

pytestmark = pytest.mark.django_db

OURS = {"certificates", "common", "config", "events", "members", "pages", "trainings"}
OUR_NAMESPACES = {"sessions", "organisations"}
ACTORS = (
    "anonymous",
    "professional",
    "trainer of A",
    "coordinator of A",
    "coordinator of B",
    "administrator",
)

# name: answers to GET, then to POST, in the order of ACTORS, about a thing of A.
PUBLIC = "200 200 200 200 200 200"
NO = "405 405 405 405 405 405"
EVERYBODY = "302 302 302 302 302 302"
OWN_LIST = "login 200 200 200 200 200"
OF_A = "login 404 200 200 404 200"
OF_A_POST = "login 404 302 302 404 302"
ADMIN_A = "login 404 404 200 404 200"
ADMIN_A_POST = "login 404 404 302 404 302"
COORDINATORS = "login 404 404 200 200 200"
ADMINS = "login 404 404 home home 200"
BAD_FORM_A = "login 404 404 422 404 422"
BAD_FORM = "login 404 404 422 422 422"
NO_ADMIN = "login 404 404 405 405 405"
NO_SIGNED_IN = "login 405 405 405 405 405"
HIDDEN = "login 404 404 404 404 200"
HIDDEN_POST = "login 404 404 404 404 405"
ABSENT = "404 404 404 404 404 404"

MATRIX: dict[str, tuple[str, str]] = {
    "events:calendar": (PUBLIC, NO),
    "events:session": (PUBLIC, NO),
    "events:register": (EVERYBODY, "422 422 422 422 422 422"),
    "events:registered": (EVERYBODY, NO),
    "events:session_ics": (PUBLIC, NO),
    "events:registration": (PUBLIC, NO),
    "events:withdraw": (NO, EVERYBODY),
    "events:survey": (PUBLIC, "422 422 422 422 422 422"),
    "events:survey_thanks": (PUBLIC, NO),
    "events:led_sessions": (OWN_LIST, NO),
    "events:attendees": (OF_A, NO),
    "events:attendees_csv": (OF_A, NO),
    "events:attendees_xlsx": (OF_A, NO),
    "events:attendance": (OF_A, NO_SIGNED_IN),
    "events:mark": (NO_SIGNED_IN, OF_A_POST),
    "events:walk_in": (NO_SIGNED_IN, "login 404 422 422 404 422"),
    "certificates:close_sheet": (OF_A, OF_A_POST),
    "certificates:verify": (PUBLIC, NO),
    "certificates:certificate": (PUBLIC, NO),
    "certificates:download": (PUBLIC, NO),
    "my_space": (OWN_LIST, NO_SIGNED_IN),
    "mailbox": (ABSENT, ABSENT),
    "mailbox_message": (ABSENT, ABSENT),
    "import_participations": (COORDINATORS, BAD_FORM),
    "import_preview": ("login 404 404 302 302 302", NO_ADMIN),
    "import_confirm": (NO_ADMIN, "login 404 404 302 302 302"),
    "import_abandon": (NO_ADMIN, "login 404 404 302 302 302"),
    "report": (COORDINATORS, NO_ADMIN),
    "sessions:index": (COORDINATORS, NO_ADMIN),
    "sessions:index_results": (COORDINATORS, NO_ADMIN),
    "sessions:add": (COORDINATORS, BAD_FORM),
    "sessions:edit": (ADMIN_A, BAD_FORM_A),
    "sessions:inspect": (ADMIN_A, "login 404 404 405 404 405"),
    "sessions:history": (ADMIN_A, "login 404 404 405 404 405"),
    "sessions:history_results": (ADMIN_A, "login 404 404 405 404 405"),
    "sessions:cancel": (ADMIN_A, BAD_FORM_A),
    "sessions:withdraw": (ADMIN_A, ADMIN_A_POST),
    "organisations:index": (HIDDEN, HIDDEN_POST),
    "organisations:index_results": (HIDDEN, HIDDEN_POST),
    "organisations:add": (ADMINS, ADMINS),
    "organisations:edit": (ADMINS, ADMINS),
    "organisations:inspect": (ADMINS, "login 404 404 home home 422"),
    "organisations:history": (HIDDEN, HIDDEN_POST),
    "organisations:history_results": (HIDDEN, HIDDEN_POST),
    "organisations:end_coordination": ("login 404 404 405 405 405", "login 404 404 home home 302"),
}
# Whoever holds such a link is the person it was sent to; the matrix shows that it asks for no more.
BEARER_LINKS = {
    "events:registration",
    "events:withdraw",
    "events:survey",
    "certificates:download",
    "certificates:certificate",
}


def addresses(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from addresses(pattern, inner)
        else:
            yield ":".join((*spaces, pattern.name or "")), pattern


def ours() -> list[str]:
    return [
        name
        for name, pattern in addresses(get_resolver())
        if pattern.callback.__module__.partition(".")[0] in OURS or name.partition(":")[0] in OUR_NAMESPACES
    ]


def address(name: str, place: Place) -> str:
    pattern = dict(addresses(get_resolver()))[name]
    wanted = pattern.pattern.converters
    return reverse(name, kwargs={key: value for key, value in place.kwargs_of(name).items() if key in wanted})


def answer(response: Any) -> str:
    target = response.get("Location", "")
    if target.startswith(("/compte/login/", "/admin/login/")):
        return "login"
    return "home" if response.status_code == 302 and target == "/admin/" else str(response.status_code)


@pytest.fixture
def places() -> tuple[Place, Place]:
    return open_place("a", "Alpha"), open_place("b", CANARY)


def user_of(actor: str, places: tuple[Place, Place]) -> Any:
    a, b = places
    return {
        "anonymous": lambda: None,
        "professional": lambda: factories.make_user(),
        "trainer of A": lambda: a.trainer,
        "coordinator of A": lambda: a.coordinator,
        "coordinator of B": lambda: b.coordinator,
        "administrator": lambda: factories.make_admin(),
    }[actor]()


def test_every_address_of_ours_is_declared() -> None:
    assert sorted(ours()) == sorted(MATRIX)


@pytest.mark.parametrize("actor", ACTORS)
def test_each_answer_is_the_declared_one(actor: str, places: tuple[Place, Place]) -> None:
    user, column = user_of(actor, places), ACTORS.index(actor)
    wrong = []
    for name, declared in MATRIX.items():
        for method, expected in zip(("get", "post"), declared, strict=True):
            with transaction.atomic():
                got = answer(getattr(client_of(user), method)(address(name, places[0])))
                transaction.set_rollback(True)
            if got != expected.split()[column]:
                wrong.append(f"{method.upper()} {name}: {got}, declared {expected.split()[column]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("actor", ["professional", "trainer of A", "coordinator of A"])
def test_no_byte_served_to_a_names_somebody_of_b(actor: str, places: tuple[Place, Place]) -> None:
    user = user_of(actor, places)
    leaks = []
    for name in MATRIX:
        for place in places:
            if place is places[1] and name in BEARER_LINKS:
                continue
            for method in ("get", "post"):
                with transaction.atomic():
                    response = getattr(client_of(user), method)(address(name, place), follow=True)
                    if CANARY.lower() in readable(response).lower():
                        leaks.append(f"{method.upper()} {name} {place.organisation.slug}")
                    transaction.set_rollback(True)
    assert not leaks, "\n".join(leaks)


def test_the_canary_is_seen_where_it_must_be(places: tuple[Place, Place]) -> None:
    """Else the sweep above would prove nothing."""
    b = places[1]
    client = client_of(b.coordinator)
    for name in ("sessions:inspect", "events:attendees", "events:attendees_csv", "events:attendees_xlsx"):
        assert CANARY in readable(client.get(address(name, b))), name
    assert CANARY in readable(client.get(address("certificates:download", b)))


def test_a_refused_post_changes_nothing(places: tuple[Place, Place]) -> None:
    a, b = places
    before = list(Registration.objects.order_by("pk").values_list("pk", "state"))
    for user in (None, factories.make_user(), b.trainer, b.coordinator):
        client = client_of(user)
        for name in (
            "sessions:withdraw",
            "sessions:cancel",
            "events:mark",
            "events:walk_in",
            "certificates:close_sheet",
        ):
            client.post(
                address(name, a),
                {"reason": "x", "first_name": "X", "last_name": "Y", "email": "x@example.org"},
            )
    assert list(Registration.objects.order_by("pk").values_list("pk", "state")) == before
    a.upcoming.refresh_from_db()
    assert a.upcoming.status == Session.Status.PUBLISHED


CHOICES: dict[str, Any] = {"app_label": "events", "app_name": "events", "model_name": "eventpage"}


def wagtail_addresses(places: tuple[Place, Place]) -> Iterator[str]:
    """Wagtail's own admin, with the pages of A, of B and those above them where a number is asked for."""
    a, b = places
    numbers = [a.page.pk, b.page.pk, b.upcoming.activity_id, a.page.get_parent().pk, b.coordinator.pk, 1]
    for name, pattern in addresses(get_resolver()):
        module = pattern.callback.__module__
        if (
            not module.startswith("wagtail")
            or name.startswith(("sessions:", "organisations:"))
            or not pattern.name
        ):
            continue
        for number in numbers:
            kwargs = {key: CHOICES.get(key, number) for key in pattern.pattern.converters}
            try:
                url = reverse(name, kwargs=kwargs)
            except Exception:  # noqa: BLE001 patterns by regular expression, parameters of the namespace
                break
            if url.startswith("/admin/") and "logout" not in url and "failwhale" not in url:
                yield url
            if not kwargs:
                break


@pytest.mark.parametrize("actor", ["trainer of A", "coordinator of A"])
def test_wagtails_own_admin_names_nobody_of_b_and_never_breaks(
    actor: str, places: tuple[Place, Place]
) -> None:
    client = client_of(user_of(actor, places))
    wrong, opened = [], 0
    for url in wagtail_addresses(places):
        with transaction.atomic():
            response = client.get(url)
            opened += response.status_code == 200
            if response.status_code >= 500:
                wrong.append(f"{response.status_code} {url}")
            if CANARY.lower() in readable(response).lower():
                wrong.append(f"leak {url}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)
    assert opened > 20 if actor == "coordinator of A" else opened == 0
