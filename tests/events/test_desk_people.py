"""The list of registrations: found, filtered, sorted, acted on together, and only one's own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.admin import people_bulk
from events.models import Message, Registration
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = pytest.mark.django_db
State = Registration.State
INDEX = "/admin/inscriptions/"


@pytest.fixture
def activity() -> Any:
    return factories.make_activity(title="Café du port")


@pytest.fixture
def desk(activity: Any) -> Client:
    return signed_in(coordinator(activity.organisation))


@pytest.fixture
def names(desk: Client) -> Callable[[str], list[str]]:
    """The last names that the list shows for a query, in order."""

    def shown(query: str) -> list[str]:
        page = desk.get(f"{INDEX}{query}").content.decode()
        found = [name for name in ("Alpha", "Bravo", "Charlie") if f"{name} " in page]
        return sorted(found, key=page.index)

    return shown


@pytest.fixture
def three(activity: Any) -> list[Registration]:
    near = factories.make_session(activity, title="Bientôt", days=5, capacity=1)
    other = factories.make_activity(activity.organisation, title="Autre dispositif")
    far = factories.make_session(other, title="Plus tard", days=60)
    return [
        factories.make_registration(
            near, last_name="Alpha", first_name="Zoé", email="zoe@example.org", profession="60"
        ),
        factories.make_registration(
            near, last_name="Bravo", first_name="Yann", email="yann@example.org", profession="10"
        ),
        factories.make_registration(
            far, last_name="Charlie", first_name="Ana", email="ana@example.org", is_member=True
        ),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=bravo", ["Bravo"]),
        ("?q=Yann+Bravo", ["Bravo"]),
        ("?q=bravo+yann%40example", ["Bravo"]),
        ("?q=ana@example.org", ["Charlie"]),
        ("?q=%22Zo%C3%A9%22", ["Alpha"]),
        ("?q=Zo%C3%A9%00Alpha", ["Alpha"]),
        ("?q=personne", []),
        ("?q=%25", ["Charlie", "Bravo", "Alpha"]),
        ("?state=waitlisted", ["Bravo"]),
        ("?state=waitlisted&state=confirmed", ["Charlie", "Bravo", "Alpha"]),
        ("?profession=10", ["Bravo"]),
        ("?is_member=true", ["Charlie"]),
        ("?source=web", ["Charlie", "Bravo", "Alpha"]),
        ("?source=staff", []),
        ("?ordering=last_name", ["Alpha", "Bravo", "Charlie"]),
        ("?ordering=-last_name", ["Charlie", "Bravo", "Alpha"]),
        ("?ordering=session__activity__organisation__email", ["Charlie", "Bravo", "Alpha"]),
    ],
)
def test_filters_search_and_sorting(
    three: list[Registration], names: Callable[[str], list[str]], query: str, expected: list[str]
) -> None:
    assert names(query) == expected


def test_filtering_by_activity_session_and_period(
    activity: Any, three: list[Registration], names: Callable[[str], list[str]]
) -> None:
    alpha, _bravo, charlie = three
    assert names(f"?activity={activity.pk}") == ["Bravo", "Alpha"]
    assert names(f"?session={charlie.session_id}") == ["Charlie"]
    day = alpha.session.starts_at.date()
    assert names(f"?period_from={day}&period_to={day}") == ["Bravo", "Alpha"]


@pytest.mark.parametrize(
    "query", ["%22", "a%00b", "%27%3B--", "x" * 5000, "%F0%9F%98%80", "*", "%25", "99999999999999999999"]
)
def test_no_query_breaks_the_list(desk: Client, three: list[Registration], query: str) -> None:
    for address in (INDEX, f"{INDEX}results/"):
        assert desk.get(f"{address}?q={query}&p={query}&ordering={query}").status_code == 200
        asked = "&".join(f"{name}={query}" for name in ("state", "profession", "is_member", "period_from"))
        assert desk.get(f"{address}?{asked}").status_code == 200
        numbers = desk.get(f"{address}?session={query}&activity={query}")
        # SQLite refuses a number that it cannot hold (404), PostgreSQL finds none.
        assert numbers.status_code in (200, 404)


def test_the_list_knows_own_people_only(desk: Client, three: list[Registration]) -> None:
    stranger = factories.make_registration(
        factories.make_session(factories.make_activity(title="Chez les voisins"), title="Leur session"),
        last_name="Voisine",
    )
    for query in ("", "?q=voisine", f"?session={stranger.session_id}", "?export=csv", "?export=xlsx"):
        body = desk.get(f"{INDEX}{query}").content.decode(errors="replace")
        assert "Voisine" not in body.replace('value="voisine"', "")
        assert "Leur session" not in body
        assert "Chez les voisins" not in body
    assert desk.get(reverse("registrations:inspect", args=[stranger.pk])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three_people(
    activity: Any, desk: Client, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        factories.make_registration(factories.make_session(activity))
    desk.get(INDEX)
    with django_assert_num_queries(13):
        assert desk.get(INDEX).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_a_persons_page_costs_the_same_for_one_and_for_three_of_everything(
    activity: Any, desk: Client, number: int, django_assert_num_queries: Any
) -> None:
    session = factories.make_session(activity, capacity=1)
    registration = [factories.make_registration(session) for _ in range(number + 1)][1]
    message = registration.messages.get(kind="waitlisted")
    for n in range(number - 1):
        message.pk, message.key = None, f"again:{n}"
        message.save()
    url = reverse("registrations:inspect", args=[registration.pk])
    desk.get(url)
    with django_assert_num_queries(20):
        assert desk.get(url).status_code == 200


def test_a_persons_page_tells_what_was_stated_sent_and_decided(
    desk: Client, three: list[Registration]
) -> None:
    page = desk.get(reverse("registrations:inspect", args=[three[1].pk])).content.decode()
    assert "Médecin" in page
    assert "yann@example.org" in page
    assert "de la liste d’attente" in page
    assert "Dès qu’une place se libère" in page
    assert "Vous êtes en liste d’attente" in page
    assert reverse("registrations:promote", args=[three[1].pk]) in page


def bulk(action: str, *people: Registration, **more: str) -> str:
    asked = "&".join([*(f"id={one.pk}" for one in people), *(f"{k}={v}" for k, v in more.items())])
    return f"{reverse('wagtail_bulk_action', args=['events', 'registration', action])}?{asked}&next={INDEX}"


def states(*people: Registration) -> list[str]:
    for one in people:
        one.refresh_from_db()
    return [one.state for one in people]


def requests_to(activity: Any, number: int = 2, **rules: Any) -> list[Registration]:
    session = factories.make_session(activity, approval=True, **rules)
    return [factories.make_registration(session) for _ in range(number)]


def test_several_requests_are_accepted_at_once(activity: Any, desk: Client) -> None:
    one, two = requests_to(activity)
    confirmed = factories.make_registration(factories.make_session(activity, days=3))
    page = desk.get(bulk("approve", one, two, confirmed)).content.decode()
    assert "Ces inscriptions ne sont pas concernées" in page
    assert states(one, two) == ["pending", "pending"]
    page = desk.post(bulk("approve", one, two, confirmed), follow=True).content.decode()
    assert states(one, two) == ["confirmed", "confirmed"]
    assert "Demandes acceptées : 2." in page


def test_one_refusal_stops_nobody_else_and_is_told(activity: Any, desk: Client) -> None:
    one, two = requests_to(activity, capacity=1, waiting_list=False)
    page = desk.post(bulk("approve", one, two), follow=True).content.decode()
    assert sorted(states(one, two)) == ["confirmed", "pending"]
    assert "Demandes acceptées : 1." in page
    assert "complète" in page


def test_refusing_together_mails_the_reason_to_each(activity: Any, desk: Client) -> None:
    one, two = requests_to(activity)
    desk.post(bulk("decline", one, two), {"reason": "Reportée à l’automne."})
    assert states(one, two) == ["declined", "declined"]
    assert Message.objects.filter(kind="declined", body__contains="Reportée à l’automne.").count() == 2


def test_moving_together_asks_for_the_session(activity: Any, desk: Client) -> None:
    here, there = factories.make_session(activity), factories.make_session(activity, days=30)
    people = [factories.make_registration(here) for _ in range(2)]
    assert desk.post(bulk("move", *people)).status_code in (200, 422)
    assert states(*people) == ["confirmed", "confirmed"]
    desk.post(bulk("move", *people), {"session": there.pk})
    assert there.registrations.count() == 2
    stranger = factories.make_session()
    desk.post(bulk("move", *there.registrations.all()), {"session": stranger.pk})
    assert not stranger.registrations.exists()


def test_withdrawing_everybody_that_a_filter_shows_touches_nobody_else(activity: Any, desk: Client) -> None:
    here, there = factories.make_session(activity), factories.make_session(activity, days=30)
    shown = [factories.make_registration(here) for _ in range(2)]
    other = factories.make_registration(there)
    stranger = factories.make_registration(factories.make_session())
    desk.post(bulk("withdraw", id="all", session=str(here.pk)))
    assert states(*shown, other, stranger) == ["withdrawn", "withdrawn", "confirmed", "confirmed"]
    desk.post(bulk("withdraw", id="all", session="pas-un-nombre"))
    assert states(other, stranger) == ["confirmed", "confirmed"]


@pytest.mark.parametrize("action", ["approve", "decline", "move", "withdraw", "write", "export"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_people_of_another_organisation_are_not_found_in_bulk(
    activity: Any, desk: Client, action: str, method: str
) -> None:
    there = factories.make_session(activity)
    stranger = factories.make_registration(factories.make_session(approval=True), last_name="Voisine")
    response = getattr(desk, method)(bulk(action, stranger), {"session": there.pk, "reason": "x"})
    assert response.status_code == 404
    assert states(stranger) == ["pending"]
    own = factories.make_registration(there, last_name="Nous")
    mixed = getattr(desk, method)(bulk(action, stranger, own), {"session": there.pk, "reason": "x"})
    assert "Voisine" not in mixed.content.decode()
    assert str(stranger.pk) not in mixed.get("Location", "").partition("registrations=")[2].split(",")
    assert states(stranger) == ["pending"]


def test_writing_goes_on_for_people_of_one_session_only(activity: Any, desk: Client) -> None:
    session = factories.make_session(activity)
    one, two = (factories.make_registration(session) for _ in range(2))
    other = factories.make_registration(factories.make_session(activity, days=30))
    address = desk.get(bulk("write", one, two))["Location"]
    assert address.startswith(reverse("messages:write", args=[session.pk]))
    assert {str(one.pk), str(two.pk)} == set(address.partition("registrations=")[2].split(","))
    assert "d’une même session" in desk.get(bulk("write", one, other)).content.decode()


def test_too_many_at_once_is_said_before_anything_is_done(
    activity: Any, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_bulk, "LIMIT", 1)
    people = requests_to(activity)
    assert "Au plus 1 personnes à la fois" in desk.get(bulk("approve", *people)).content.decode()
    desk.post(bulk("approve", *people))
    assert states(*people) == ["pending", "pending"]


def test_bulk_actions_are_for_coordinators(activity: Any) -> None:
    [one] = requests_to(activity, 1)
    for user in (factories.make_user(), one.user):
        for address in (bulk("approve", one), bulk("approve", id="all")):
            assert signed_in(user).post(address).status_code == 404
    assert states(one) == ["pending"]


def test_a_request_that_no_seat_is_left_for_may_still_be_let_in(activity: Any, desk: Client) -> None:
    session = factories.make_session(activity, capacity=1, approval=True, waiting_list=False)
    request = factories.make_registration(session)
    assert request.state == Registration.State.PENDING
    page = desk.get(reverse("registrations:inspect", args=[request.pk])).content.decode()
    assert reverse("registrations:promote", args=[request.pk]) in page
