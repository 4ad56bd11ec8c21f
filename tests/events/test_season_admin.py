"""« Planifier une saison » in the admin: filled from the last session, nothing typed lost, nothing twice."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.domain.recurrence import moment
from events.domain.roles import RoleLine, set_roles
from events.domain.sessions import SlotTimes
from events.models import ActivityPage, Session
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = [pytest.mark.today(2026, 11, 20, 12), pytest.mark.django_db, pytest.mark.one_engine]

PLAN = "sessions:plan"
YEAR = 2027


@pytest.fixture
def own() -> tuple[ActivityPage, Client]:
    activity = factories.make_activity(title="Café du port")
    return activity, signed_in(coordinator(activity.organisation))


def third_thursdays() -> list[date]:
    from events.domain.recurrence import Rank, Rhythm, dates

    return dates(rhythm=Rhythm(Rank.THIRD, 3, date(YEAR, 9, 1), date(YEAR + 1, 6, 30)))


def typed(activity: ActivityPage, **changes: Any) -> dict[str, Any]:
    """What a coordinator typed above the dates."""
    return {
        "activity": activity.pk,
        "way": "rhythm",
        "rank": "3",
        "weekday": "3",
        "since": f"{YEAR}-09",
        "until": f"{YEAR + 1}-06",
        "start": "19:00",
        "minutes": "120",
        "title": "Café du port",
        "capacity": "14",
        "modality": "presentiel",
        "place_name": "Maison de santé",
        "address": "1 quai de Southampton",
        "city": "Le Havre",
        "role": "animation",
        "name": "Une psychologue",
        "email": "psy@example.org",
        **changes,
    }


def rows(days: list[date], **common: str) -> dict[str, Any]:
    """The rows as they were shown, all of them ticked."""
    was = {
        "hours": "19:00–21:00",
        "title": "Café du port",
        "place_name": "Maison de santé",
        "name": "Une psychologue",
    }
    data: dict[str, Any] = {"days": [day.isoformat() for day in days]}
    for name, value in (was | common).items():
        data[f"was-{name}"] = value
        data |= {f"{day.isoformat()}-{name}": value for day in days}
    for day in days:
        data |= {f"{day.isoformat()}-keep": "1", f"{day.isoformat()}-advised": "1"}
    return data


def season(activity: ActivityPage, **changes: Any) -> dict[str, Any]:
    return {**typed(activity), **rows(third_thursdays()), "action-publish": "1", **changes}


def post(client: Client, data: dict[str, Any], name: str = PLAN) -> Any:
    return client.post(reverse(name), data)


def text(response: Any, status: int = 422) -> str:
    assert response.status_code == status, response.content.decode()[:300]
    return response.content.decode()


def test_ten_cafes_are_published_in_one_go_and_counted(own: Any) -> None:
    activity, client = own
    response = client.post(reverse(PLAN), season(activity), follow=True)
    assert response.redirect_chain[-1][0] == f"{reverse('sessions:index')}?activity={activity.pk}"
    assert "10 sessions publiées pour « Café du port »" in response.content.decode()
    sessions = Session.objects.order_by("starts_at")
    assert [timezone.localdate(one.starts_at) for one in sessions] == third_thursdays()
    assert {one.status for one in sessions} == {Session.Status.PUBLISHED}
    first = sessions[0]
    assert (first.capacity, first.place_name, first.address, first.city) == (
        14,
        "Maison de santé",
        "1 quai de Southampton",
        "Le Havre",
    )
    assert first.roles.get().user.email == "psy@example.org"


def test_drafts_are_drafts_and_a_second_submission_creates_nothing(own: Any) -> None:
    activity, client = own
    data = season(activity)
    del data["action-publish"]
    post(client, data | {"action-draft": "1"})
    assert set(Session.objects.values_list("status", flat=True)) == {Session.Status.DRAFT}
    again = client.post(reverse(PLAN), data | {"action-draft": "1"}, follow=True).content.decode()
    assert "existait déjà" in again
    assert Session.objects.count() == 10


def test_a_date_unticked_is_skipped_and_one_changed_by_hand_stays_changed(own: Any) -> None:
    activity, client = own
    first, second, third = third_thursdays()[:3]
    data = season(
        activity,
        **{
            f"{second}-title": "Marche en forêt",
            f"{second}-place_name": "Forêt de Montgeon",
            f"{second}-hours": "9h-12h, 14h-17h",
            f"{second}-name": "Un guide",
            f"{third}-email": "autre@example.org",
        },
    )
    del data[f"{first}-keep"]
    post(client, data)
    assert Session.objects.count() == 9
    walk = Session.objects.get(title="Marche en forêt")
    assert (walk.place_name, walk.address, walk.city) == ("Forêt de Montgeon", "", "")
    assert [timezone.localtime(slot.starts_at).hour for slot in walk.slots.all()] == [9, 14]
    assert walk.roles.get().user is None  # the account of the psychologist is not the guide's
    assert (
        Session.objects.get(starts_at=moment(third, time(19))).roles.get().user.email == "autre@example.org"
    )


def test_a_place_and_a_leader_that_the_organisation_knows_bring_their_facts(own: Any) -> None:
    activity, client = own
    known = factories.make_session(
        activity, days=-30, place_name="Salle des Ormeaux", address="2 rue Haute", city="Sainte-Adresse"
    )
    set_roles(session=known, roles=[RoleLine("animation", "Un guide", "guide@example.org")], by=None)
    stranger = factories.make_session(days=-30, place_name="Chez les voisins", address="9 rue Secrète")
    day, other = third_thursdays()[:2]
    post(
        client,
        season(
            activity,
            **{
                f"{day}-place_name": "salle des ormeaux",
                f"{day}-name": "Un guide",
                f"{other}-place_name": stranger.place_name,
            },
        ),
    )
    session = Session.objects.get(starts_at=moment(day, time(19)))
    assert (session.address, session.city) == ("2 rue Haute", "Sainte-Adresse")
    assert session.roles.get().user.email == "guide@example.org"
    assert Session.objects.get(starts_at=moment(other, time(19))).address == ""


def test_the_page_begins_with_the_habits_of_the_activity(own: Any) -> None:
    activity, client = own
    day = third_thursdays()[0]
    session = factories.make_session(
        activity,
        slots=[SlotTimes(moment(day, time(12, 15)), moment(day, time(13, 45)))],
        capacity=9,
        place_name="Le Grand Large",
    )
    set_roles(session=session, roles=[RoleLine("formation", "Hélène", "helene@example.org")], by=None)
    page = text(client.get(reverse(PLAN), {"activity": activity.pk}), 200)
    for expected in ("12:15–13:45", "Le Grand Large", 'value="9"', "helene@example.org"):
        assert expected in page, expected
    shown = client.get(reverse(PLAN), {"activity": activity.pk}).context["page"]
    assert shown.when.days
    assert {one.weekday() for one in shown.when.days} == {3}
    assert shown.when.data["rank"] == "3"


def test_the_preview_gives_the_rows_or_a_sentence(own: Any) -> None:
    activity, client = own
    rows_only = text(post(client, typed(activity), "sessions:plan_preview"), 200)
    assert "<html" not in rows_only
    assert rows_only.count('name="days"') == 10
    refused = post(
        client, typed(activity, way="list", dates="17/12/2027\n31/02/2028"), "sessions:plan_preview"
    )
    assert text(refused).startswith("Ligne 2")


def test_holidays_are_flagged_in_words_and_public_ones_left_out(own: Any) -> None:
    activity, client = own
    data = typed(activity, rank="every", weekday="3", since="2027-05", until="2027-05", skip_public="on")
    page = text(post(client, data, "sessions:plan_preview"), 200)
    assert "Jour férié : Ascension" in page
    assert "Pont de l’Ascension" in page
    assert 'name="2027-05-06-keep" value="1">' in page
    assert 'name="2027-05-13-keep" value="1" checked' in page


def test_a_year_without_school_calendar_is_said(own: Any) -> None:
    activity, client = own
    page = text(post(client, typed(activity, way="list", dates="17/12/2040"), "sessions:plan_preview"), 200)
    assert "n’est pas connu ici pour l’année 2040-2041" in page


def test_a_date_already_planned_is_said_and_left_out(own: Any) -> None:
    activity, client = own
    day = third_thursdays()[0]
    factories.make_session(
        activity, title="Sophrologie", slots=[SlotTimes(moment(day, time(12)), moment(day, time(13)))]
    )
    page = text(post(client, typed(activity), "sessions:plan_preview"), 200)
    assert "Déjà planifiée : Sophrologie" in page
    assert f'name="{day}-keep" value="1">' in page


def test_rows_follow_what_is_common_until_somebody_changes_them(own: Any) -> None:
    activity, client = own
    first, second = third_thursdays()[:2]
    data = typed(activity, title="Ciné-débat", start="18:30") | rows(third_thursdays())
    data[f"{second}-title"] = "Marche"
    del data[f"{second}-keep"]
    page = post(client, data, "sessions:plan_preview").context["page"]
    by_day = {row.day: row for row in page.rows}
    assert by_day[first].form["title"].value() == "Ciné-débat"
    assert by_day[first].form["hours"].value() == "18:30–20:30"
    assert by_day[second].form["title"].value() == "Marche"
    assert (by_day[first].keep, by_day[second].keep) == (True, False)


def test_dates_that_nobody_saw_are_shown_before_anything_is_created(own: Any) -> None:
    activity, client = own
    page = text(post(client, season(activity, rank="2")))
    assert "Les dates ont changé" in page
    assert not Session.objects.exists()


def test_a_holiday_rule_ticked_at_the_last_moment_is_shown_first(own: Any) -> None:
    activity, client = own
    days = [date(2027, 5, 6), date(2027, 5, 13)]  # the first one is a public holiday
    data = typed(
        activity,
        rank="every",
        since="2027-05",
        until="2027-05",
        skip_public="on",
        without="20/05/2027\n27/05/2027",
    )
    page = text(post(client, data | rows(days) | {"action-publish": "1"}))
    assert "Les dates ont changé" in page
    assert "Publier 1 session<" in page


def test_without_a_script_the_button_shows_the_dates(own: Any) -> None:
    activity, client = own
    page = text(post(client, typed(activity) | {"action-preview": "1"}), 200)
    assert page.count('name="days"') == 10
    assert "Publier 10 sessions" in page
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"capacity": "0"}, "de 1 à 10 000"),
        ({"start": "25:00"}, "Indiquez une heure"),
        ({"until": f"{YEAR}-01", "since": f"{YEAR}-02"}, "finit avant de commencer"),
        ({"without": "Noël"}, "n’est pas une date"),
        ({"minutes": "480"}, "finit après minuit"),
        ({"opens_days": "2", "closes_days": "5"}, "avant d’ouvrir"),
        ({"rank": "9"}, "Choisissez dans la liste"),
        ({"email": "pas une adresse"}, "adresse e-mail valable"),
        ({"online_url": "pas une adresse"}, "adresse complète"),
        ({"way": "list", "dates": "jeudi"}, "n’est pas une date"),
        ({"way": "list", "dates": ""}, "au moins une date"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    own: Any, changes: dict[str, str], sentence: str
) -> None:
    activity, client = own
    day = third_thursdays()[4]
    page = text(post(client, season(activity, **{f"{day}-title": "Thème rare"}, **changes)))
    assert sentence in page
    assert "Thème rare" in page
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("hours", "21h-19h", "La fin précède le début"),
        ("hours", "le soir", "Indiquez les horaires"),
        ("title", "", "Indiquez un titre"),
        ("title", "x" * 161, "160"),
        ("email", "pas une adresse", "adresse e-mail valable"),
        ("name", "", ""),
    ],
)
def test_a_wrong_seventh_row_creates_nothing_and_is_named(
    own: Any, field: str, value: str, sentence: str
) -> None:
    activity, client = own
    day = third_thursdays()[6]
    response = post(client, season(activity, **{f"{day}-{field}": value}))
    if not sentence:  # nobody leads that day: nothing wrong
        assert response.status_code == 302
        return
    assert sentence in text(response)
    assert not Session.objects.exists()


def test_no_date_kept_is_refused(own: Any) -> None:
    activity, client = own
    data = {name: value for name, value in season(activity).items() if not name.endswith("-keep")}
    assert "Gardez au moins une date" in text(post(client, data))


def test_the_night_of_the_clock_change_is_refused_beside_its_row(own: Any) -> None:
    activity, client = own
    day = date(2028, 3, 26)
    data = typed(activity, way="list", dates="26/03/2028", start="02:30", minutes="60")
    data |= rows([day], hours="2:30–3:30")
    assert "n’existe pas" in text(post(client, data | {"action-publish": "1"}))


def test_garbage_never_breaks_the_page(own: Any) -> None:
    activity, client = own
    junk = {
        "days": ["x", "2027-99-01", "9999-12-31"],
        "minutes": "²",
        "minutes2": "99999999",
        "activity": activity.pk,
    }
    text(post(client, junk))
    text(post(client, junk, "sessions:plan_preview"))
    text(post(client, junk | {"action-publish": "1", "way": "list", "dates": "\x00"}))


def test_an_activity_of_others_does_not_exist(own: Any) -> None:
    _activity, client = own
    foreign = factories.make_activity()
    for name in (PLAN, "sessions:plan_preview", "sessions:copy_season", "sessions:copy_season_preview"):
        assert post(client, season(foreign), name).status_code == 404
    for value in (foreign.pk, "x", "9" * 30, "²"):
        assert client.get(reverse(PLAN), {"activity": value}).status_code == 404
    assert not Session.objects.exists()


def test_somebody_with_several_activities_chooses_first(own: Any) -> None:
    activity, client = own
    factories.make_activity(activity.organisation, title="Soirée IMHOTEP")
    page = text(client.get(reverse(PLAN)), 200)
    assert "Pour quel dispositif" in page
    assert f"?activity={activity.pk}" in page
    text(post(client, {}))


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_costs_the_same_whatever_the_number_of_dates(
    own: Any, number: int, django_assert_num_queries: Any
) -> None:
    activity, client = own
    for n in range(number):
        factories.make_session(activity, days=n + 1, title=f"Café {n}")
    listed = "\n".join(f"{day:%d/%m/%Y}" for day in third_thursdays()[:number])
    data = typed(activity, way="list", dates=listed)
    post(client, data, "sessions:plan_preview")  # content types, sites
    with django_assert_num_queries(PREVIEW_QUERIES):
        post(client, data, "sessions:plan_preview")


PREVIEW_QUERIES = 10
