"""Past editions, and the figures that everybody may read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from certificates.domain.closing import close_sheet
from events.domain import attendance, survey
from events.domain.report.editions import editions
from events.domain.report.tallies import refresh_due
from events.models import ActivityPage, Attendance, Session, SurveyInvitation
from tests.factories import make_activity, make_admin, make_organisation, make_registration, make_session

pytestmark = pytest.mark.django_db


def held(
    activity: ActivityPage, *, people: int, days: int = -3, answers: int = 0, **fields: object
) -> Session:
    """A session that took place in the year of ``days``, settled; all came, some said what it was worth."""
    session = make_session(activity, days=days, **fields)
    slot = session.slots.get()
    marks = {make_registration(session).pk: Attendance.State.PRESENT for _ in range(people)}
    attendance.mark(slot=slot, marks=marks, by=None)
    close_sheet(slot=slot, by=make_admin())
    for invitation in SurveyInvitation.objects.filter(survey__session=session).order_by("pk")[:answers]:
        survey.answer(invitation=invitation, values={"note": 8})
    return session


def year_of(session: Session) -> int:
    return timezone.localdate(session.starts_at).year


def test_an_edition_tells_its_sessions_participations_and_fill(client: Client) -> None:
    activity = make_activity(title="Café")
    session = held(activity, people=6, capacity=5, title="Sophrologie")
    response = client.get("/calendrier/passees/")
    assert "Sophrologie" in response.text
    [(_activity, _sessions, edition)] = response.context["groups"]
    assert (edition.sessions, edition.participations, edition.fill_percent) == (1, 6, 120)
    assert f'<h2 class="of-year">{year_of(session)}</h2>' in response.text


def test_under_five_participations_nothing_but_the_number_of_sessions_is_told(client: Client) -> None:
    held(make_activity(), people=4)
    response = client.get("/calendrier/passees/")
    [(_activity, _sessions, edition)] = response.context["groups"]
    assert (edition.sessions, edition.participations, edition.fill_percent) == (1, None, None)
    assert "participations</dt>" not in response.text


def test_satisfaction_is_told_from_five_closed_answers_on(client: Client) -> None:
    activity = make_activity()
    session = held(activity, people=6, answers=5)
    year = year_of(session)
    assert editions(activities=[activity.pk], year=year)[activity.pk].satisfaction is None  # may be answered
    session.surveys.update(closes_at=timezone.now() - timedelta(minutes=1))
    survey.unseal_due()
    assert editions(activities=[activity.pk], year=year)[activity.pk].ratings == 5
    assert "8,0" in client.get("/calendrier/passees/").text


def test_four_answers_are_never_told(client: Client) -> None:
    session = held(make_activity(), people=6, answers=4)
    session.surveys.update(closes_at=timezone.now() - timedelta(minutes=1))
    survey.unseal_due()
    [(_activity, _sessions, edition)] = client.get("/calendrier/passees/").context["groups"]
    assert (edition.satisfaction, edition.ratings) == (None, 0)


def test_sheets_that_are_not_settled_count_nobody(client: Client) -> None:
    session = make_session(days=-3)
    for _ in range(6):
        make_registration(session)
    [(_activity, _sessions, edition)] = client.get("/calendrier/passees/").context["groups"]
    assert (edition.sessions, edition.participations) == (1, None)


def test_drafts_cancelled_and_hidden_sessions_are_not_told(client: Client) -> None:
    for status in ("draft", "cancelled"):
        make_session(days=-3, title="Cachée", status=status)
    make_session(make_activity(live=False), days=-3, title="Cachée")
    assert "Cachée" not in client.get("/calendrier/passees/").text


def test_by_organisation_activity_and_year(client: Client) -> None:
    havre = make_organisation(short_name="Havre", slug="havre")
    ours, theirs = make_activity(havre), make_activity()
    session = make_session(ours, days=-3, title="Chez nous")
    make_session(theirs, days=-3, title="Ailleurs")
    make_session(ours, days=-800, title="Il y a longtemps")
    year = year_of(session)

    def text(**asked: object) -> str:
        return client.get("/calendrier/passees/", asked).text

    assert "Ailleurs" not in text(structure="havre")
    assert "Chez nous" in text(structure="havre")
    assert "Ailleurs" not in text(dispositif=ours.pk)
    assert "Il y a longtemps" in text(annee=timezone.localdate().year - 2) + text(annee=year - 3)
    assert "Cette structure n’existe pas" in text(structure="nulle")
    assert "voici la dernière" in text(annee="1789")
    assert "Rien n’a encore eu lieu" in text(dispositif=make_activity().pk)


@pytest.mark.parametrize("count", [1, 3])
def test_past_editions_ask_as_many_queries_however_many_there_are(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    organisation = make_organisation()
    for number in range(count):
        held(make_activity(organisation), people=5, days=-3 - number)
    client.get("/aide/")
    with django_assert_num_queries(15):
        assert client.get("/calendrier/passees/").status_code == 200
    refresh_due()
    with django_assert_num_queries(10):
        assert client.get("/calendrier/passees/").status_code == 200
