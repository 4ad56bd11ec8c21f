"""The journal: who did what, when, on what, before and after, in plain French; one's own only."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.log_actions import log

from events.models import JournalEntry, Session
from members.domain.organisations import name_coordinator
from tests import factories
from tests.access_world import CANARY, Place, client_of, open_place

pytestmark = pytest.mark.django_db
URL = "/admin/journal/"


@pytest.fixture
def place() -> Place:
    return open_place("a", "Alpha")


@pytest.fixture
def client(place: Place) -> Client:
    return client_of(place.coordinator)


def page(client: Client, **asked: object) -> str:
    return client.get(URL, asked).content.decode().replace("\xa0", " ")


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"capacity": {"before": "12", "after": "14"}}, "Places : 12 → 14"),
        ({"approval": {"before": "False", "after": "True"}}, "Sur validation : non → oui"),
        ({"status": {"before": "draft", "after": "published"}}, "État : Brouillon → Publiée"),
        ({"place_name": {"before": "", "after": "Mairie"}}, "Lieu : rien → Mairie"),
        ({"before": "waitlisted", "after": "confirmed", "reason": "Urgence"}, "Motif : Urgence"),
        ({"file_type": "xlsx", "rows": 12}, "Lignes : 12"),
        ({"roles": {"before": [1], "after": [2]}}, "Personnes qui animent modifiées"),
    ],
)
def test_what_changed_is_said_in_plain_french(
    client: Client, place: Place, data: dict[str, object], words: str
) -> None:
    log(instance=place.upcoming, action="escale.edit", user=place.coordinator, data=data)
    assert words in page(client)


def test_a_registration_is_called_by_its_name_which_the_journal_does_not_hold(
    client: Client, place: Place
) -> None:
    log(instance=place.confirmed, action="escale.promote", data={"reason": "order_of_arrival"})
    said = page(client, action="escale.promote")
    assert place.confirmed.full_name in said
    assert reverse("registrations:inspect", args=[place.confirmed.pk]) in said
    assert "ordre d’arrivée" in said
    assert "automatique" in said
    entry = JournalEntry.objects.filter(action="escale.promote").get()
    assert place.confirmed.last_name not in f"{entry.label} {entry.data}"


def test_a_naming_says_whom(client: Client, place: Place) -> None:
    user = factories.make_user(first_name="Lou", last_name="Petit")
    name_coordinator(organisation=place.organisation, user=user, by=place.coordinator)
    said = page(client)
    assert "Coordination confiée" in said
    assert "Lou Petit" in said


def test_nothing_of_another_organisation_shows(client: Client, place: Place) -> None:
    other = open_place("b", CANARY)
    log(instance=place.upcoming, action="escale.edit", data={"registration": other.confirmed.pk})
    for asked in (
        {},
        {"session": other.upcoming.pk},
        {"user": other.coordinator.pk},
        {"organisation": other.organisation.pk},
    ):
        assert CANARY not in page(client, **asked)


def test_it_is_filtered_by_session_person_action_and_day(client: Client, place: Place) -> None:
    def told(**asked: object) -> int:
        return len(client.get(URL, asked).context["object_list"])

    everything = JournalEntry.objects.filter(organisation_id=place.organisation.pk)
    assert told() == min(50, everything.count())
    assert told(session=place.past.pk) == everything.filter(session_id=place.past.pk).count() > 0
    assert told(user=place.coordinator.pk) == everything.filter(user=place.coordinator).count() > 0
    assert told(action="escale.close_sheet") == 1
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert told(timestamp_from=tomorrow.isoformat()) == 0


def test_a_bad_filter_breaks_nothing(client: Client) -> None:
    for value in ("x", "-1", "9" * 30, "\x00"):
        for name in ("session", "user", "organisation", "action", "timestamp_from", "p"):
            assert client.get(URL, {name: value}).status_code in (200, 404)


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    organisation = factories.make_organisation()
    coordinator = factories.make_coordinator(organisation)
    coordinator.user_permissions.add(Permission.objects.get(codename="access_admin"))
    session = factories.make_session(factories.make_activity(organisation))
    client = client_of(coordinator)
    for one in range(number):
        registration = factories.make_registration(session)
        log(
            instance=registration,
            action="escale.walk_in",
            user=factories.make_admin(),
            data={"slot": session.slots.get().pk, "coordinator_named": coordinator.pk, "n": one},
        )
    client.get(URL)
    with django_assert_num_queries(18):
        client.get(URL)


def test_a_hundred_thousand_entries_are_no_burden(client: Client, place: Place) -> None:
    """By the index: the plan reads no more than the page shows, then counts."""
    now = timezone.now()
    kind = JournalEntry.objects.filter(session_id=place.upcoming.pk).first().content_type
    JournalEntry.objects.bulk_create(
        [
            JournalEntry(
                content_type=kind,
                object_id="1",
                label="x",
                action="escale.edit",
                timestamp=now - timedelta(minutes=number),
                organisation_id=number % 50 + 10_000,
            )
            for number in range(20_000)
        ],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_journalentry")  # else PostgreSQL plans for an empty table
    own = JournalEntry.objects.filter(organisation_id__in=[place.organisation.pk])
    plan = own.order_by("-timestamp", "-pk")[:50].explain()
    assert "journal_organisation" in plan


def test_a_session_reads_the_same_beside_itself(client: Client, place: Place) -> None:
    log(instance=Session.objects.get(pk=place.upcoming.pk), action="escale.cancel", user=place.coordinator)
    history = client.get(reverse("sessions:history", args=[place.upcoming.pk])).content.decode()
    assert "Session annulée" in history


def test_the_number_of_lines_is_said_in_lines(client: Client) -> None:
    said = page(client)
    assert " lignes" in said
    assert not re.search(r"\d journal\b", said)
