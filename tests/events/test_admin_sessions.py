"""Sessions in the Wagtail admin: made, edited, cancelled, and only by the organisation they belong to."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import JournalEntry, Message, Registration, Session, SessionRole
from members.models import Organisation, User
from tests import factories
from tests.cases import odd_on_both

pytestmark = [pytest.mark.django_db, pytest.mark.today(2027, 1, 20, 12)]
PARIS = ZoneInfo("Europe/Paris")
DAY = "2027-03-14"


def coordinator(organisation: Organisation, **fields: Any) -> User:
    user = factories.make_coordinator(organisation, **fields)
    group, _ = Group.objects.get_or_create(name="accès")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def own() -> Any:
    """An activity and a client of somebody who coordinates its organisation."""
    activity = factories.make_activity(title="Café du port")
    return activity, signed_in(coordinator(activity.organisation))


def form_data(
    own_activity: Any, *, slots: list[tuple[str, ...]] | None = None, **changes: Any
) -> dict[str, Any]:
    slots = [(DAY, "19:00", "21:00", "")] if slots is None else slots
    roles = changes.pop("roles", [])
    data = {
        "activity": own_activity.pk,
        "title": "Sophrologie",
        "description": "Respirer.",
        "modality": "presentiel",
        "place_name": "Maison de santé",
        "address": "1 quai de Southampton",
        "city": "Le Havre",
        "access": "",
        "online_url": "",
        "capacity": "12",
        "overbooking_percent": "0",
        "waiting_list": "on",
        "opens_at": "",
        "closes_at": "",
        "version": "1",
        "slots-TOTAL_FORMS": len(slots) + 2,
        "slots-INITIAL_FORMS": 0,
        "roles-TOTAL_FORMS": len(roles) + 2,
        "roles-INITIAL_FORMS": 0,
        "agenda-TOTAL_FORMS": 1,
        "agenda-INITIAL_FORMS": 0,
        "documents-TOTAL_FORMS": 1,
        "documents-INITIAL_FORMS": 0,
    }
    for i, slot in enumerate([*slots, ("", "", "", ""), ("", "", "", "")]):
        data |= {
            f"slots-{i}-{name}": value
            for name, value in zip(["date", "start", "end", "label"], slot, strict=False)
        }
    for i, (role, name, email) in enumerate([*roles, ("animation", "", ""), ("animation", "", "")]):
        data |= {f"roles-{i}-role": role, f"roles-{i}-name": name, f"roles-{i}-email": email}
    return data | changes


def create(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("sessions:add"), data)


def errors(response: Any) -> str:
    assert response.status_code == 422
    return response.content.decode()


def test_the_form_offers_own_activities_only_drafts_included(own: Any) -> None:
    activity, client = own
    factories.make_activity(activity.organisation, title="Encore en brouillon", live=False)
    factories.make_activity(title="Activité des voisins")
    page = client.get(reverse("sessions:add")).content.decode()
    assert "Café du port" in page
    assert "Encore en brouillon" in page
    assert "(brouillon)" in page
    assert "Activité des voisins" not in page


def test_a_session_is_saved_as_a_draft(own: Any) -> None:
    activity, client = own
    response = create(client, form_data(activity))
    session = Session.objects.get()
    assert response["Location"] == reverse("sessions:inspect", args=[session.pk])
    assert session.status == Session.Status.DRAFT
    assert session.starts_at == datetime(2027, 3, 14, 19, tzinfo=PARIS)
    assert session.waiting_list
    assert [slot.minutes for slot in session.slots.all()] == [120]


def test_a_form_sent_twice_creates_one_session(own: Any) -> None:
    activity, client = own
    create(client, form_data(activity))
    assert "Cette session existe déjà : même titre, même heure." in errors(
        create(client, form_data(activity))
    )
    assert Session.objects.count() == 1


def test_a_session_is_saved_and_published_at_once(own: Any) -> None:
    activity, client = own
    create(client, form_data(activity) | {"action-publish": "1"})
    assert Session.objects.get().status == Session.Status.PUBLISHED
    assert {"escale.create", "escale.publish"} <= set(JournalEntry.objects.values_list("action", flat=True))


def test_several_slots_are_saved_in_order_of_time(own: Any) -> None:
    activity, client = own
    create(
        client,
        form_data(
            activity,
            slots=[("2027-10-16", "09:00", "12:30", "Jour 2"), ("2027-10-15", "14:00", "18:00", "Jour 1")],
        ),
    )
    assert [slot.label for slot in Session.objects.get().slots.all()] == ["Jour 1", "Jour 2"]


def test_19_00_stays_19_00_across_the_change_of_clocks(own: Any) -> None:
    activity, client = own
    create(
        client,
        form_data(
            activity, slots=[("2027-10-30", "19:00", "21:00", ""), ("2027-10-31", "19:00", "21:00", "")]
        ),
    )
    session = Session.objects.get()
    starts = [slot.starts_at for slot in session.slots.all()]
    assert [timezone.localtime(start).hour for start in starts] == [19, 19]
    assert starts[1] - starts[0] == timedelta(hours=25)
    page = client.get(reverse("sessions:edit", args=[session.pk])).content.decode()
    assert page.count('value="19:00"') == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    odd_on_both(
        [
            ({"slots": []}, "Indiquez au moins un créneau"),
            ({"slots": [(DAY, "21:00", "19:00", "")]}, "La fin précède le début."),
            ({"slots": [(DAY, "19:00", "19:00", "")]}, "La fin précède le début."),
            (
                {"slots": [(DAY, "19:00", "21:00", ""), (DAY, "20:00", "22:00", "")]},
                "Deux créneaux se chevauchent.",
            ),
            ({"slots": [("2027-02-31", "19:00", "21:00", "")]}, "Indiquez une date qui existe"),
            ({"slots": [("0001-01-01", "19:00", "21:00", "")]}, "Indiquez une date entre 2000 et 2100."),
            ({"slots": [("9999-12-31", "19:00", "21:00", "")]}, "Indiquez une date entre 2000 et 2100."),
            ({"slots": [(DAY, "25:00", "26:00", "")]}, "Indiquez une heure"),
            ({"slots": [(DAY, "", "21:00", "")]}, "Indiquez l’heure de début."),
            (
                {"slots": [("2027-03-28", "02:30", "04:00", "")]},
                "Cette heure n’existe pas ou existe deux fois",
            ),
            (
                {"slots": [("2027-10-31", "02:30", "04:00", "")]},
                "Cette heure n’existe pas ou existe deux fois",
            ),
            ({"capacity": "0"}, "Le nombre de places va de 1 à 10 000."),
            ({"capacity": str(10**20)}, "Le nombre de places va de 1 à 10 000."),
            ({"capacity": "-3"}, "Le nombre de places va de 1 à 10 000."),
            ({"capacity": "douze"}, "Le nombre de places va de 1 à 10 000."),
            ({"capacity": ""}, "Indiquez le nombre de places."),
            ({"overbooking_percent": str(10**20)}, "La surréservation va de 0 à 100 pour cent."),
            (
                {"opens_at": "2027-03-10T08:00", "closes_at": "2027-03-01T08:00"},
                "Les inscriptions ferment avant d’ouvrir.",
            ),
            ({"opens_at": "2027-02-31T08:00"}, "Indiquez une date et une heure qui existent"),
            ({"opens_at": "0001-01-01T00:00"}, "Indiquez une date entre 2000 et 2100."),
            ({"closes_at": "9999-12-31T23:59"}, "Indiquez une date entre 2000 et 2100."),
            ({"title": ""}, "Indiquez un titre."),
            ({"activity": ""}, "Choisissez un dispositif."),
            ({"activity": str(10**20)}, "Choisissez un dispositif de la liste."),
            ({"title": "a\x00b"}, "Le caractère nul n’est pas autorisé."),
            ({"title": "x" * 10_000}, "au plus 160 caractères"),
            ({"description": "x" * 10_000}, "Le programme dépasse 5 000 signes."),
            ({"online_url": "pas une adresse"}, "Indiquez une adresse complète"),
            ({"roles": [("animation", "", "qui@example.org")]}, "Indiquez le nom affiché."),
            ({"roles": [("animation", "Léa", "pas une adresse")]}, "adresse e-mail valable"),
            (
                {"roles": [("animation", "Léa", "l@example.org"), ("animation", "Lea", "L@example.org")]},
                "deux fois le même rôle",
            ),
            ({"roles": [("chef", "Léa", "")]}, "Sélectionnez un choix valide"),
            ({"slots-TOTAL_FORMS": "900"}, "Trop de lignes"),
            ({"slots-TOTAL_FORMS": "zéro"}, "Indiquez au moins un créneau"),
        ]
    ),
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    own: Any, changes: dict[str, Any], sentence: str
) -> None:
    activity, client = own
    data = form_data(activity, **({"title": "Atelier « souffle » 😀"} | changes))
    page = errors(create(client, data)).replace("&#x27;", "’").replace("'", "’")
    assert sentence in page
    assert Session.objects.count() == 0
    assert "1 quai de Southampton" in page
    if "title" not in changes:
        assert "Atelier « souffle » 😀" in page


def test_an_activity_of_another_organisation_is_refused(own: Any) -> None:
    _, client = own
    stranger = factories.make_activity(title="Activité des voisins")
    page = errors(create(client, form_data(stranger)))
    assert "Choisissez un dispositif de la liste." in page
    assert "Activité des voisins" not in page
    assert not Session.objects.exists()


def test_a_facilitator_with_an_address_finds_the_session_in_their_space(own: Any) -> None:
    activity, client = own
    create(
        client,
        form_data(activity, roles=[("formation", "Une sophrologue", " Lea@Example.org ")])
        | {"action-publish": "1"},
    )
    role = SessionRole.objects.get()
    assert (role.name, role.role, role.user.email) == ("Une sophrologue", "formation", "lea@example.org")
    page = signed_in(role.user).get(reverse("events:led_sessions")).content.decode()
    assert "Sophrologie" in page


def test_taking_a_facilitator_away_is_logged_without_names(own: Any) -> None:
    activity, client = own
    create(client, form_data(activity, roles=[("formation", "Léa", "lea@example.org")]))
    session, role = Session.objects.get(), SessionRole.objects.get()
    data = form_data(activity, roles=[("formation", "Léa", "lea@example.org")])
    data |= {"roles-INITIAL_FORMS": 1, "slots-INITIAL_FORMS": 1, "roles-0-DELETE": "on"}
    data |= {"version": session.version}
    client.post(reverse("sessions:edit", args=[session.pk]), data)
    assert not SessionRole.objects.exists()
    change = [
        entry.data["roles"]
        for entry in JournalEntry.objects.filter(action="escale.edit")
        if "roles" in entry.data
    ]
    assert {"before": [["formation", role.user_id]], "after": []} in change
    assert "Léa" not in str(change)


def test_an_unchanged_form_keeps_everything_and_tells_nobody(own: Any) -> None:
    activity, client = own
    create(
        client, form_data(activity, roles=[("formation", "Léa", "lea@example.org")]) | {"action-publish": "1"}
    )
    session = Session.objects.get()
    factories.make_registration(session)
    sent = Message.objects.count()
    data = form_data(activity, roles=[("formation", "Léa", "lea@example.org")])
    client.post(
        reverse("sessions:edit", args=[session.pk]),
        data | {"roles-INITIAL_FORMS": 1, "slots-INITIAL_FORMS": 1},
    )
    assert Message.objects.count() == sent
    assert session.roles.count() == 1
    assert session.slots.count() == 1


def test_moving_a_published_session_tells_the_registered(own: Any) -> None:
    activity, client = own
    create(client, form_data(activity) | {"action-publish": "1"})
    session = Session.objects.get()
    factories.make_registration(session)
    data = form_data(activity, slots=[(DAY, "18:00", "20:00", "")]) | {"slots-INITIAL_FORMS": 1}
    data |= {"version": session.version}
    page = client.post(reverse("sessions:edit", args=[session.pk]), data, follow=True).content.decode()
    assert "Une personne est prévenue par e-mail." in page
    session.refresh_from_db()
    assert timezone.localtime(session.starts_at).hour == 18
    assert Message.objects.filter(kind="moved").count() == 1


def test_lowering_the_capacity_drops_nobody(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity, capacity=3)
    for _ in range(3):
        factories.make_registration(session)
    start = timezone.localtime(session.starts_at)
    data = form_data(activity, slots=[(f"{start:%Y-%m-%d}", "19:00", "21:00", "")], capacity="1")
    response = client.post(reverse("sessions:edit", args=[session.pk]), data | {"slots-INITIAL_FORMS": 1})
    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.capacity, session.seats_taken, session.excess) == (1, 3, 2)


def test_what_the_domain_refuses_is_said_and_nothing_is_half_saved(
    own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from common.errors import DomainError
    from events.domain import sessions as rule_module

    def refuse(**_: Any) -> None:
        raise DomainError("Pas aujourd’hui.", field="roles")

    activity, client = own
    monkeypatch.setattr(rule_module, "set_roles", refuse)
    assert "Pas aujourd’hui." in errors(create(client, form_data(activity)))
    assert not Session.objects.exists()


def test_the_session_page_shows_people_by_state_and_the_queue_in_order(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity, capacity=1)
    factories.make_registration(session, last_name="Confirmée")
    factories.make_registration(session, last_name="Zeta")
    factories.make_registration(session, last_name="Alpha")
    page = client.get(reverse("sessions:inspect", args=[session.pk])).content.decode()
    assert "Confirmée" in page
    assert page.index("Zeta") < page.index("Alpha")
    assert reverse("events:attendance", args=[session.slots.get().pk]) in page
    assert reverse("export") + f"?session={session.pk}" in page


def test_cancelling_says_how_many_people_will_be_told_and_needs_a_post(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity, capacity=1)
    factories.make_registration(session)
    factories.make_registration(session)
    url = reverse("sessions:cancel", args=[session.pk])
    assert "2 personnes seront prévenues par e-mail." in client.get(url).content.decode()
    session.refresh_from_db()
    assert session.status == Session.Status.PUBLISHED
    client.post(url, {"reason": "Salle fermée."})
    session.refresh_from_db()
    assert (session.status, session.cancellation_reason) == (Session.Status.CANCELLED, "Salle fermée.")
    assert Message.objects.filter(kind="cancelled").count() == 2


@pytest.mark.parametrize("reason", ["", "   ", "x" * 10_000, "a\x00b"])
def test_cancelling_without_a_proper_reason_is_refused(own: Any, reason: str) -> None:
    activity, client = own
    session = factories.make_session(activity)
    assert client.post(reverse("sessions:cancel", args=[session.pk]), {"reason": reason}).status_code == 422
    session.refresh_from_db()
    assert session.status == Session.Status.PUBLISHED


def test_a_cancelled_session_is_not_edited(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity)
    client.post(reverse("sessions:cancel", args=[session.pk]), {"reason": "Salle fermée."})
    assert (
        client.post(
            reverse("sessions:edit", args=[session.pk]), form_data(activity, title="Autre")
        ).status_code
        == 422
    )
    session.refresh_from_db()
    assert session.title == "Sophrologie"


def test_withdrawing_on_behalf_needs_a_post_and_promotes_the_next(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity, capacity=1)
    first, second = factories.make_registration(session), factories.make_registration(session)
    url = reverse("registrations:withdraw", args=[first.pk])
    assert client.get(url).status_code == 200
    first.refresh_from_db()
    assert first.state == Registration.State.CONFIRMED
    client.post(url, {"state": "confirmed"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (Registration.State.WITHDRAWN, Registration.State.CONFIRMED)


def test_the_history_tells_who_did_what_on_the_session_and_its_people(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity)
    one = factories.make_registration(session)
    client.post(reverse("registrations:withdraw", args=[one.pk]), {"state": "confirmed"})
    client.get(reverse("sessions:inspect", args=[session.pk]))  # takes the success message away
    page = client.get(reverse("sessions:history", args=[session.pk])).content.decode()
    assert "Création" in page
    assert "Désistement noté par la coordination" in page
    assert one.last_name not in page


def test_filters_search_and_sorting(own: Any) -> None:
    activity, client = own
    factories.make_session(activity, title="Yoga du matin", status=Session.Status.DRAFT, days=30)
    factories.make_session(activity, title="Escalade", days=5)
    index = reverse("sessions:index")

    def titles(query: str) -> list[str]:
        page = client.get(index + query).content.decode()
        found = [title for title in ("Yoga du matin", "Escalade") if title in page]
        return sorted(found, key=page.index)

    assert titles("?status=draft") == ["Yoga du matin"]
    assert titles("?q=escal") == ["Escalade"]
    assert titles("?ordering=title") == ["Escalade", "Yoga du matin"]
    assert titles("?ordering=-title") == ["Yoga du matin", "Escalade"]
    assert titles("?ordering=activity__organisation__email") == ["Yoga du matin", "Escalade"]
    day = timezone.localdate() + timedelta(days=20)
    assert titles(f"?starts_at_from={day}") == ["Yoga du matin"]
    assert titles(f"?activity={activity.pk}") == ["Yoga du matin", "Escalade"]


@pytest.mark.parametrize("query", ["%22", "a%00b", "%27%3B--", "x" * 5000, "%F0%9F%98%80", "*", "%25"])
def test_no_search_breaks_the_list(own: Any, query: str) -> None:
    activity, client = own
    factories.make_session(activity)
    for name in ("sessions:index", "sessions:index_results"):
        assert client.get(f"{reverse(name)}?q={query}").status_code == 200
        assert (
            client.get(f"{reverse(name)}?activity={query}&status={query}&starts_at_from={query}").status_code
            == 200
        )


STRANGER = ["inspect", "edit", "history", "history_results", "cancel"]


@pytest.mark.parametrize("name", STRANGER)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_of_another_organisation_does_not_exist(own: Any, name: str, method: str) -> None:
    _, client = own
    session = factories.make_session(title="Session des voisins")
    response = getattr(client, method)(reverse(f"sessions:{name}", args=[session.pk]), {"reason": "x"})
    assert response.status_code == 404
    session.refresh_from_db()
    assert session.status == Session.Status.PUBLISHED


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_registration_of_another_organisation_does_not_exist(own: Any, method: str) -> None:
    _, client = own
    registration = factories.make_registration(factories.make_session())
    assert (
        getattr(client, method)(reverse("registrations:withdraw", args=[registration.pk])).status_code == 404
    )
    registration.refresh_from_db()
    assert registration.state == Registration.State.CONFIRMED


def test_the_list_and_its_filters_show_own_sessions_only(own: Any) -> None:
    activity, client = own
    factories.make_session(activity, title="Session à nous")
    stranger = factories.make_session(
        factories.make_activity(title="Activité des voisins"), title="Session des voisins"
    )
    for query in ("", "?q=session", f"?activity={stranger.activity_id}", "?export=csv", "?export=xlsx"):
        response = client.get(reverse("sessions:index") + query)
        body = b"".join(response) if response.streaming else response.content
        assert b"voisins" not in body
    assert "Session à nous" in client.get(reverse("sessions:index")).content.decode()


def test_a_coordination_that_ended_closes_the_sessions(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity)
    activity.organisation.memberships.update(until=timezone.localdate() - timedelta(days=1))
    assert client.get(reverse("sessions:inspect", args=[session.pk])).status_code == 404
    assert client.get(reverse("sessions:index")).status_code in (302, 403)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three_sessions(
    own: Any, number: int, django_assert_num_queries: Any
) -> None:
    activity, client = own
    for _ in range(number):
        factories.make_registration(factories.make_session(activity))
    client.get(reverse("sessions:index"))
    with django_assert_num_queries(12):
        client.get(reverse("sessions:index"))


@pytest.mark.parametrize("asked", ["?activity={}", "results/?activity={}"])
def test_a_number_that_no_database_holds_finds_nothing_and_breaks_nothing(own: Any, asked: str) -> None:
    _activity, client = own
    address = reverse("sessions:index") + asked.format(10**20)
    # SQLite refuses the number (404), PostgreSQL compares it with every activity and finds none.
    assert client.get(address).status_code in (200, 404)
