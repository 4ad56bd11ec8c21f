"""The year's report: the figures of the sample, and of any other file."""

import json
import random
from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from common.errors import DomainError
from events.domain import attendance, imports, survey
from events.domain.report import ProfessionCount, percent, report, small_groups_merged
from events.domain.sessions import SlotTimes, save_session
from events.models import ActivityPage, Session
from tests import factories
from tests.events.import_files import SAMPLE, csv_file, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity() -> ActivityPage:
    return factories.make_activity(slug="cafe-des-soignants")


def load(activity: ActivityPage, data: bytes) -> None:
    imports.apply(plan=imports.plan(activity=activity, table=imports.read_rows(data)), by=None)


def figures(activity: ActivityPage, *args: str) -> dict[str, Any]:
    out = StringIO()
    call_command("report", "--activity", activity.slug, "--format", "json", *args, stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def test_the_sample_gives_the_year_of_the_cafe(activity: ActivityPage) -> None:
    load(activity, SAMPLE.read_bytes())
    found = figures(activity)
    professions = found.pop("professions")
    assert found == {
        "sessions": 12,
        "places": 144,
        "participations": 151,
        "participants": 84,
        "fill_percent": 105,
        "women_percent": 80,
        "member_participations": 75,
        "non_member_percent": 50,
        "satisfaction": 8.4,
        "ratings": 125,
        "absent": 14,
        "withdrawn": 9,
    }
    assert professions["Infirmier·ère"] == {"participations": 43, "participants": 25}
    assert sum(each["participations"] for each in professions.values()) == 151


def test_the_text_shows_each_share_with_its_denominator(activity: ActivityPage) -> None:
    load(activity, SAMPLE.read_bytes())
    out = StringIO()
    call_command("report", "--activity", activity.slug, stdout=out)
    assert "Remplissage : 105 % (151 sur 144 places)" in out.getvalue()
    assert "Femmes : 80 % (121 sur 151 civilités connues)" in out.getvalue()
    assert "Satisfaction : 8,4/10 (125 réponses)" in out.getvalue()


def test_the_period_includes_both_of_its_days(activity: ActivityPage) -> None:
    load(activity, SAMPLE.read_bytes())
    assert figures(activity, "--from", "2024-05-21", "--to", "18/07/2024")["sessions"] == 3
    assert figures(activity, "--from", "22/05/2024", "--to", "2024-07-17")["sessions"] == 1


def half_up(value: float | Decimal, step: str) -> Decimal:
    return Decimal(value).quantize(Decimal(step), rounding=ROUND_HALF_UP)


def recounted(rows: list[dict[str, str]]) -> dict[str, Any]:
    """The definitions again, naively, from the rows of the file."""
    came = [row for row in rows if row["Présence"] == "Présent"]
    sessions = {row["Date"]: int(row["Places"]) for row in rows}
    known = [row for row in came if row["Civilité"]]
    marks = [int(row["Note"]) for row in came if row["Note"]]
    members = sum(row["Adhérent"] == "Oui" for row in came)
    places = sum(sessions.values())
    return {
        "sessions": len(sessions),
        "places": places,
        "participations": len(came),
        "participants": len({row["Courriel"] for row in came}),
        "fill_percent": int(half_up(Decimal(100 * len(came)) / places, "1")),
        "women_percent": int(
            half_up(Decimal(100 * sum(row["Civilité"] == "Mme" for row in known)) / len(known), "1")
        ),
        "member_participations": members,
        "non_member_percent": int(half_up(Decimal(100 * (len(came) - members)) / len(came), "1")),
        "satisfaction": float(half_up(Decimal(sum(marks)) / len(marks), "0.1")),
        "ratings": len(marks),
        "absent": sum(row["Présence"] in ("Absent", "Excusé") for row in rows),
        "withdrawn": sum(row["Présence"] == "Désisté" for row in rows),
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_file_is_counted_as_by_hand(activity: ActivityPage, seed: int) -> None:
    rng = random.Random(seed)
    rows = []
    for session in range(rng.randint(4, 9)):
        day = (date(2024, 1, 10) + timedelta(days=20 * session)).strftime("%d/%m/%Y")
        places = str(rng.randint(3, 20))
        for person in rng.sample(range(40), rng.randint(2, 25)):
            presence = rng.choice(["Présent", "Présent", "Présent", "Absent", "Excusé", "Désisté"])
            rows.append(
                {
                    "Date": day,
                    "Places": places,
                    "Courriel": f"p{person}@example.org",
                    "Civilité": rng.choice(["Mme", "M.", ""]),
                    "Profession": rng.choice(["IDE", "MG", "Kiné"]),
                    "Adhérent": rng.choice(["Oui", "Non"]),
                    "Présence": presence,
                    "Note": str(rng.randint(0, 10)) if presence == "Présent" and rng.random() < 0.8 else "",
                }
            )
    load(activity, csv_file(*[line(**row) for row in rows]))
    found = figures(activity)
    professions = found.pop("professions")
    assert found == recounted(rows)
    labels = {"IDE": "Infirmier·ère", "MG": "Médecin", "Kiné": "Masseur·se-kinésithérapeute"}
    expected = Counter(labels[row["Profession"]] for row in rows if row["Présence"] == "Présent")
    assert {label: each["participations"] for label, each in professions.items()} == expected


def marked(activity: ActivityPage, *numbers: int) -> None:
    """One session a month, with so many marks."""
    lines = [
        line(Date=f"10/{month:02}/2024", Courriel=f"p{month}-{i}@example.org", Note=str(month))
        for month, number in enumerate(numbers, start=1)
        for i in range(number)
    ]
    load(activity, csv_file(*lines))


def test_fewer_than_five_answers_give_no_mean(activity: ActivityPage) -> None:
    marked(activity, 4)
    found = figures(activity)
    assert (found["satisfaction"], found["ratings"]) == (None, 4)


def test_five_answers_give_a_mean(activity: ActivityPage) -> None:
    marked(activity, 2, 3)
    found = figures(activity)
    assert (found["satisfaction"], found["ratings"]) == (1.6, 5)


def test_no_difference_between_two_periods_isolates_fewer_than_five_answers(activity: ActivityPage) -> None:
    marked(activity, 6, 1, 2, 7, 3, 5, 2)
    days = [date(2024, 1, 1) + timedelta(days=30 * i) for i in range(9)]
    counted = {
        (since, until): found.ratings if found.satisfaction is not None else 0
        for since in days
        for until in days
        for found in [report(activities=[activity], since=since, until=until)]
    }
    for (since, until), wide in counted.items():
        for (later, earlier), narrow in counted.items():
            if since <= later and earlier <= until and wide != narrow:
                assert wide - narrow >= 5
    assert counted[days[0], days[-1]] == 26
    assert counted[days[0], days[2]] == 6  # no answer from outside of the period either


def test_another_activity_with_few_answers_adds_none(activity: ActivityPage) -> None:
    other = factories.make_activity(activity.organisation)
    marked(activity, 6)
    marked(other, 2)
    assert report(activities=[activity, other]).ratings == 6
    assert report(activities=[activity]).ratings == 6


def test_only_published_sessions_that_have_begun_count(activity: ActivityPage) -> None:
    for status in Session.Status.values:
        factories.make_session(activity, days=-3, status=status)
    factories.make_session(activity, days=3)
    found = report(activities=[activity])
    assert (found.sessions, found.places, found.participations) == (1, 12, 0)
    assert found.fill_percent == 0
    assert found.women_percent is None
    assert found.non_member_percent is None


def test_a_confirmed_person_is_not_absent_before_attendance_is_taken(activity: ActivityPage) -> None:
    factories.make_registration(factories.make_session(activity, days=-3))
    assert report(activities=[activity]).absent == 0


def test_an_empty_activity_has_a_report(activity: ActivityPage) -> None:
    found = figures(activity)
    assert found["satisfaction"] is None
    assert found["fill_percent"] is None
    assert found["professions"] == {}


def test_the_number_of_queries_does_not_grow(
    activity: ActivityPage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for months in (1, 4):
        marked(activity, *[6] * months)
        with django_assert_num_queries(9):
            report(activities=[activity])


@pytest.mark.parametrize(("part", "whole", "shown"), [(1, 8, 13), (1, 200, 1), (151, 144, 105), (0, 0, None)])
def test_percentages_round_half_up_and_are_not_capped(part: int, whole: int, shown: int | None) -> None:
    assert percent(part, whole) == shown


def test_small_groups_are_merged_so_that_none_can_be_subtracted() -> None:
    groups = [
        ProfessionCount("Médecin", 20, 12),
        ProfessionCount("Psychologue", 9, 6),
        ProfessionCount("Orthoptiste", 2, 1),
    ]
    assert small_groups_merged(groups) == [
        ProfessionCount("Médecin", 20, 12),
        ProfessionCount("Autres", 11, 7),
    ]
    assert small_groups_merged(groups[:2]) == groups[:2]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--from", "31/02/2025"], "--from : « 31/02/2025 » n’est pas une date"),
        (["--to", "demain"], "--to : « demain » n’est pas une date"),
        (["--from", "2025-02-01", "--to", "2025-01-01"], "finit avant de commencer"),
        (["--activity", "inconnu"], "Aucun dispositif"),
    ],
)
def test_the_command_refuses_with_a_sentence(activity: ActivityPage, args: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        figures(activity, *args)


def answered(activity: ActivityPage, number: int, score: int) -> Session:
    """A session that ``number`` people rated here, on a sheet closed by hand."""
    session = factories.make_session(activity, days=-2)
    people = [factories.make_registration(session) for _ in range(number)]
    slot = session.slots.get()
    attendance.mark(slot=slot, marks={each.pk: "present" for each in people}, by=None)
    attendance.close_sheet(slot=slot, by=factories.make_admin())
    session.refresh_from_db()
    for invitation in survey.open_survey(session=session).invitations.order_by("pk"):
        survey.answer(invitation=invitation, values={"note": score})
    survey.unseal_due()
    return session


def test_marks_known_from_a_spreadsheet_do_not_unmask_those_given_here(activity: ActivityPage) -> None:
    marked(activity, 6, 4)  # whoever imported them can subtract them
    answered(activity, 2, score=3)
    assert report(activities=[activity]).ratings == 10
    answered(activity, 3, score=4)
    assert report(activities=[activity]).ratings == 15


def test_a_settled_session_cannot_be_taken_out_of_a_mean(activity: ActivityPage) -> None:
    session = answered(activity, 1, score=3)
    [slot] = session.slots.all()
    times = SlotTimes(slot.starts_at, slot.ends_at)
    earlier = SlotTimes(slot.starts_at - timedelta(days=90), slot.ends_at - timedelta(days=90))
    with pytest.raises(DomainError, match="ne changent plus"):
        save_session(session=Session.objects.get(pk=session.pk), slots=[earlier, times], by=None)
    session.activity = factories.make_activity(activity.organisation)
    with pytest.raises(DomainError, match="ne change plus de dispositif"):
        save_session(session=session, slots=[times], by=None)
