"""Asked at the right time, reminded twice, one mark a tap away; and nobody learns who was reminded."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.html import escape

from certificates.domain.closing import close_sheet, correct_sheet
from events.domain import outbox
from events.domain.attendance import mark
from events.domain.registration import withdraw
from events.domain.sessions import cancel_session
from events.domain.survey import answer, inviting, queue_due, unseal_due
from events.domain.survey_mails import html
from events.models import (
    ActivityPage,
    ActivitySettings,
    Attendance,
    Message,
    Registration,
    Session,
    Survey,
    SurveyInvitation,
)
from tests.clock import Clock, clock
from tests.factories import make_activity, make_admin, make_registration, make_session
from tests.questionnaires import make_questionnaire

pytestmark = pytest.mark.django_db
__all__ = ["clock"]
PRESENT = Attendance.State.PRESENT
ASKED = {"kind": "score", "label": "Votre forme ?"}


@pytest.fixture(autouse=True)
def monday_morning(clock: Clock) -> Clock:
    clock.set(2026, 11, 2, 10)
    return clock


def asks(moment: str, activity: ActivityPage | None = None, **fields: Any) -> ActivityPage:
    """An activity that asks a questionnaire at ``moment``."""
    activity = activity or make_activity()
    questionnaire = make_questionnaire(ASKED, organisation=activity.organisation)
    ActivitySettings.objects.update_or_create(
        activity=activity, defaults={f"questionnaire_{moment}": questionnaire, **fields}
    )
    return activity


def held(people: int = 2, activity: ActivityPage | None = None, clock: Clock | None = None) -> Session:
    """A session whose sheet is closed today; everybody came and is thanked."""
    session, admin = make_session(activity, days=-1), make_admin()
    slot = session.slots.get()
    mark(slot=slot, marks={make_registration(session).pk: PRESENT for _ in range(people)}, by=admin)
    close_sheet(slot=slot, by=admin)
    session.refresh_from_db()
    return session


def told(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("recipient", flat=True))


def sent() -> list[Any]:
    mail.outbox.clear()
    outbox.deliver_due()
    return mail.outbox


# --- Before


def test_whoever_is_confirmed_is_asked_a_week_before_until_the_start(monday_morning: Clock) -> None:
    session = make_session(asks("before"), days=9, capacity=1)
    first = make_registration(session)
    make_registration(session)  # waits
    assert queue_due() == 0

    monday_morning.set(2026, 11, 4, 8, 59)
    assert queue_due() == 0
    monday_morning.set(2026, 11, 5, 10)
    assert queue_due() == 1
    assert queue_due() == 0
    assert told("survey_before") == [first.email]
    survey = session.surveys.get()
    assert (survey.moment, survey.closes_at) == (Survey.Moment.BEFORE, session.starts_at)


def test_who_is_confirmed_later_is_asked_too_and_nobody_twice() -> None:
    session = make_session(asks("before"), days=5)
    make_registration(session)
    assert queue_due() == 1
    make_registration(session)
    make_registration(session)
    assert queue_due() == 2
    assert len(set(told("survey_before"))) == 3


def test_nothing_is_asked_before_where_nothing_was_chosen_or_all_is_silent() -> None:
    activity = asks("before")
    make_registration(make_session(days=3))
    for fields in ({"messages_paused": True}, {"imported": True}, {"status": "cancelled"}):
        session = make_session(activity, days=3)
        make_registration(session)
        Session.objects.filter(pk=session.pk).update(**fields)
    assert queue_due() == 0
    assert not Survey.objects.exists()


def test_a_session_that_moves_takes_its_questions_along(monday_morning: Clock) -> None:
    session = make_session(asks("before"), days=3)
    make_registration(session)
    queue_due()
    later = session.starts_at + timedelta(days=20)
    Session.objects.filter(pk=session.pk).update(starts_at=later, ends_at=later + timedelta(hours=1))
    queue_due()
    assert session.surveys.get().closes_at == later

    cancel_session(session=session, reason="Tempête", by=make_admin())
    queue_due()
    assert session.surveys.get().closes_at <= timezone.now()


def test_an_invitation_of_before_is_dropped_when_the_place_is_given_back() -> None:
    session = make_session(asks("before"), days=3)
    registration = make_registration(session)
    queue_due()
    withdraw(registration=registration, by=None)
    sent()
    assert Message.objects.get(kind="survey_before").state == Message.State.DROPPED


# --- Weeks later


def test_whoever_came_is_asked_again_weeks_later(monday_morning: Clock) -> None:
    session = held(3, asks("delayed", delayed_weeks=8))
    monday_morning.move(weeks=8, days=-2)
    assert not told("survey_delayed")
    queue_due()
    assert not told("survey_delayed")
    monday_morning.move(days=2)
    queue_due()
    queue_due()
    assert len(told("survey_delayed")) == 3
    assert session.surveys.get(moment=Survey.Moment.DELAYED).invitations.count() == 3


def test_a_choice_made_today_asks_nobody_of_last_season(monday_morning: Clock) -> None:
    activity = make_activity()
    held(1, activity)
    monday_morning.move(weeks=20)
    asks("delayed", activity, delayed_weeks=8)
    queue_due()
    assert not told("survey_delayed")


def test_what_is_asked_again_never_comes_with_the_thanks(monday_morning: Clock) -> None:
    activity = asks("delayed", delayed_weeks=1)
    session = make_session(activity, days=-8)
    slot, admin = session.slots.get(), make_admin()
    mark(slot=slot, marks={make_registration(session).pk: PRESENT}, by=admin)
    close_sheet(slot=slot, by=admin)
    queue_due()
    assert not told("survey_delayed")
    monday_morning.move(days=7)
    queue_due()
    assert len(told("survey_delayed")) == 1


# --- Reminders


@pytest.mark.parametrize(("days", "number"), [(2, 0), (3, 1), (9, 1), (10, 1), (16, 1), (17, 0)])
def test_who_has_not_answered_is_reminded_from_the_third_day(
    monday_morning: Clock, days: int, number: int
) -> None:
    session = held(2)
    answer(invitation=SurveyInvitation.objects.first(), values={"note": 8})  # type: ignore[arg-type]
    silent = SurveyInvitation.objects.get(answered=False).registration
    monday_morning.move(days=days)
    assert queue_due() == number
    assert queue_due() == 0
    assert told("survey_reminder") == [silent.email] * number
    assert session.surveys.get().invitations.count() == 2


def test_two_reminders_and_no_third(monday_morning: Clock) -> None:
    held(1)
    for _ in range(29):
        monday_morning.move(days=1)
        queue_due()
    written = Message.objects.filter(kind="survey_reminder").order_by("created_at")
    assert [(each.created_at.date() - timezone.now().date()).days for each in written] == [-26, -19]
    assert "dernier rappel" not in written[0].body
    assert "dernier rappel" in written[1].body


@pytest.mark.parametrize(("hour", "number"), [(3, 0), (8, 0), (9, 1), (19, 1), (20, 0), (23, 0)])
def test_a_reminder_leaves_at_a_decent_hour(monday_morning: Clock, hour: int, number: int) -> None:
    held(1)
    monday_morning.set(2026, 11, 6, hour)
    assert queue_due() == number


def test_a_reminder_is_dropped_for_whoever_answered_meanwhile(monday_morning: Clock) -> None:
    held(2)
    sent()
    monday_morning.move(days=3)
    assert queue_due() == 2
    answer(invitation=SurveyInvitation.objects.first(), values={"note": 8})  # type: ignore[arg-type]
    assert len(sent()) == 1
    states = Message.objects.filter(kind="survey_reminder").values_list("state", flat=True)
    assert sorted(states) == [Message.State.DROPPED, Message.State.SENT]


def test_whoever_was_invited_by_a_correction_is_reminded_from_then_on(monday_morning: Clock) -> None:
    session, admin = make_session(days=-1), make_admin()
    came, late = make_registration(session), make_registration(session)
    slot = session.slots.get()
    mark(slot=slot, marks={came.pk: PRESENT, late.pk: Attendance.State.ABSENT}, by=admin)
    close_sheet(slot=slot, by=admin)
    monday_morning.move(days=5)
    correct_sheet(slot=slot, marks={came.pk: PRESENT, late.pk: PRESENT}, reason="Oubliée", by=admin)
    queue_due()
    assert late.email not in told("survey_reminder")
    monday_morning.move(days=3)
    queue_due()
    assert late.email in told("survey_reminder")


def test_whoever_a_correction_says_absent_is_not_reminded(monday_morning: Clock) -> None:
    session = held(2)
    gone, stays = session.registrations.order_by("pk")
    correct_sheet(
        slot=session.slots.get(),
        marks={gone.pk: Attendance.State.ABSENT, stays.pk: PRESENT},
        reason="Erreur",
        by=make_admin(),
    )
    monday_morning.move(days=3)
    queue_due()
    assert told("survey_reminder") == [stays.email]


def test_what_is_asked_before_is_reminded_only_of_whoever_still_comes(monday_morning: Clock) -> None:
    session = make_session(asks("before"), days=6)
    stays, leaves = make_registration(session), make_registration(session)
    queue_due()
    withdraw(registration=leaves, by=None)
    monday_morning.move(days=3)
    queue_due()
    assert told("survey_reminder") == [stays.email]
    assert "Quelques questions avant de venir" in Message.objects.get(kind="survey_reminder").subject


@pytest.mark.parametrize("number", [1, 3])
def test_reminding_costs_the_same_for_one_and_for_three(
    monday_morning: Clock, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        held(number)
    monday_morning.move(days=3)
    with django_assert_num_queries(15):
        assert queue_due() == number**2


def test_a_reminder_that_is_not_written_is_left_to_the_next_minute(
    monday_morning: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = held(2)
    monday_morning.move(days=3)
    with monkeypatch.context() as patched:
        patched.setattr(inviting, "AT_ONCE", 1)
        patched.setattr(inviting, "queue_apart", lambda _messages: None)
        assert queue_due() == 2
    assert told("survey_reminder") == []
    assert queue_due() == 2
    assert len(told("survey_reminder")) == session.registrations.count()


# --- Who was reminded has not answered


def test_when_all_is_over_nobody_knows_who_was_reminded(monday_morning: Clock) -> None:
    session = held(7)
    monday_morning.move(days=3)
    answered = list(SurveyInvitation.objects.order_by("pk")[:5])
    for each in answered:
        answer(invitation=each, values={"note": 8})
    assert queue_due() == 2
    sent()
    monday_morning.move(days=40)
    unseal_due()
    queue_due()

    left = Message.objects.filter(kind="survey_reminder")
    assert left.count() == left.filter(session=session, state=Message.State.SENT).count() == 2
    silent = set(session.registrations.values_list("pk", flat=True)) - {
        each.registration_id for each in answered
    }
    for message in left:
        assert message.registration is None
        assert (message.recipient, message.subject, message.body) == ("", "", "")
        assert not set(re.findall(r"\d+", message.key.partition("-")[0])) & {str(pk) for pk in silent}
    assert queue_due() == 0


# --- One tap


def test_the_thanks_hold_eleven_marks_and_a_plain_text(monday_morning: Clock) -> None:
    session = held(1)
    (letter,) = sent()
    ((page, kind),) = letter.alternatives
    assert kind == "text/html"
    links = re.findall(r'href="(\S+/avis/\S+?/#note-(\d+))"', page)
    assert [int(note) for _link, note in links] == list(range(11))
    plain = links[0][0].partition("#")[0]
    assert plain in letter.body
    assert "#note" not in letter.body
    assert "?" not in links[0][0]  # what a server reads names a person: no mark beside it
    assert "Votre attestation est prête" in page
    assert session.title in page


def test_a_tapped_mark_opens_the_form_and_stores_nothing(client: Any) -> None:
    """The mark is chosen by survey.js: see tests/browser/test_survey_mark.py."""
    held(1)
    (letter,) = sent()
    link = re.search(r'href="https?://[^/]+(/avis/\S+)#note-8"', letter.alternatives[0][0])
    assert link
    page = client.get(link[1]).content.decode()
    assert "survey.js" in page
    assert not SurveyInvitation.objects.filter(answered=True).exists()


def test_no_mark_is_offered_where_none_is_asked() -> None:
    activity = make_activity()
    words = make_questionnaire({"kind": "text", "label": "Alors ?"}, organisation=activity.organisation)
    ActivitySettings.objects.create(activity=activity, questionnaire_after=words)
    held(1, activity)
    (letter,) = sent()
    assert not letter.alternatives
    assert "/avis/" in letter.body


def test_a_name_is_text_in_the_mail_too() -> None:
    hostile = "<img src=x>"
    session = held(1)
    Registration.objects.update(first_name=hostile)
    message = Message.objects.get(kind="after")
    message.body = f"Bonjour {hostile},\n\n" + message.body
    assert hostile not in html(message)
    assert escape(hostile) in html(message)
    assert session.title in html(message)


def test_lines_that_were_cut_are_whole_again_in_the_mail() -> None:
    activity = make_activity(title="Un très long titre de dispositif " * 3)
    held(1, activity)
    page = html(Message.objects.get(kind="after"))
    said = "Qu’en avez-vous pensé ? Une minute suffit, et c’est anonyme : rien ne relie votre réponse à vous."
    assert said in page.replace("\N{NO-BREAK SPACE}", " ")
