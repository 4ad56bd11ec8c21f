"""Registering to several dates of one activity in one go: all of them, or none."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.disclosure import shown_many
from events.domain.registration import Outcome, register, register_many, withdraw
from events.domain.sessions import cancel_session
from events.domain.upkeep import wrong_counters
from events.models import ActivitySettings, Answer, Message, Registration, Session
from members.models import User
from tests.factories import (
    make_activity,
    make_coordinator,
    make_organisation,
    make_person,
    make_question_set,
    make_registration,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db
State = Registration.State
VICTIM = "victime@example.org"


def cycle(number: int = 3, **fields: Any) -> list[Session]:
    activity = fields.pop("activity", None) or make_activity()
    return [
        make_session(activity, days=14 + 7 * rank, title=f"Soirée {rank + 1}", **fields)
        for rank in range(number)
    ]


def states(outcomes: list[Outcome]) -> list[str]:
    return [str(outcome.registration.state) for outcome in outcomes]


def refusal(sessions: list[Session], **fields: Any) -> DomainError:
    """What is said; nothing may have been written."""
    before = Registration.objects.count(), Message.objects.count(), User.objects.count()
    person = fields.pop("person", None) or make_person()
    with pytest.raises(DomainError) as caught:
        register_many(sessions=sessions, person=person, **fields)
    assert (Registration.objects.count(), Message.objects.count(), User.objects.count()) == before
    assert wrong_counters() == []
    return caught.value


def test_all_dates_are_confirmed_at_once() -> None:
    sessions = cycle()
    assert states(register_many(sessions=sessions, person=make_person())) == [State.CONFIRMED] * 3
    assert [each.seats_taken for each in Session.objects.order_by("pk")] == [1, 1, 1]
    assert wrong_counters() == []


def test_outcomes_follow_the_calendar_whatever_the_order_of_the_boxes() -> None:
    sessions = cycle()
    outcomes = register_many(sessions=sessions[::-1], person=make_person())
    assert [each.registration.session_id for each in outcomes] == [each.pk for each in sessions]


def test_each_date_has_its_mail_with_its_own_invitation() -> None:
    sessions = cycle()
    register_many(sessions=sessions, person=make_person())
    sent = list(Message.objects.order_by("pk"))
    assert [each.kind for each in sent] == ["confirmed"] * 3
    for message, session in zip(sent, sessions, strict=True):
        assert message.session_id == session.pk
        assert str(session.uid) in message.calendar
        assert message.calendar.count("BEGIN:VEVENT") == 1
        assert session.title in message.body


def test_a_full_date_puts_on_its_waiting_list_and_the_others_are_confirmed() -> None:
    sessions = cycle(capacity=1)
    make_registration(sessions[1])
    outcomes = register_many(sessions=sessions, person=make_person())
    assert states(outcomes) == [State.CONFIRMED, State.WAITLISTED, State.CONFIRMED]
    assert wrong_counters() == []


def test_a_full_date_without_waiting_list_names_itself_and_nothing_is_written() -> None:
    sessions = cycle(capacity=1, waiting_list=False)
    make_registration(sessions[1])
    error = refusal(sessions)
    assert "Soirée 2" in str(error)
    assert "complète" in str(error)
    assert "Aucune inscription n’a été faite." in str(error)
    assert error.field == "sessions"


@pytest.mark.parametrize("what", ["closed", "soon", "cancelled", "draft"])
def test_a_date_that_takes_nobody_names_itself_and_nothing_is_written(what: str) -> None:
    sessions = cycle()
    last = sessions[2]
    if what == "cancelled":
        cancel_session(session=last, reason="Neige", by=None)
    changes: dict[str, Any] = {
        "closed": {"closes_at": timezone.now() - timedelta(days=1)},
        "soon": {"opens_at": timezone.now() + timedelta(days=1)},
        "cancelled": {},
        "draft": {"status": "draft"},
    }[what]
    Session.objects.filter(pk=last.pk).update(**changes)
    assert "Soirée 3" in str(refusal(list(Session.objects.order_by("pk"))))


def test_a_date_that_closed_since_the_page_was_read_is_refused_too() -> None:
    sessions = cycle()
    Session.objects.filter(pk=sessions[1].pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    assert "Soirée 2" in str(refusal(sessions))


def test_a_reserved_date_names_itself_beside_the_profession() -> None:
    activity = make_activity()
    sessions = [*cycle(2, activity=activity), make_session(activity, title="Réservée", professions=["10"])]
    error = refusal(sessions)
    assert "Réservée" in str(error)
    assert error.field == "profession"


def test_posting_twice_is_harmless() -> None:
    sessions, person = cycle(capacity=1, waiting_list=False), make_person()
    register_many(sessions=sessions, person=person)
    again = register_many(sessions=sessions, person=person)
    assert [each.created for each in again] == [False] * 3
    assert Registration.objects.count() == 3
    assert wrong_counters() == []


def test_a_date_held_already_stays_and_the_others_are_added() -> None:
    sessions, person = cycle(), make_person()
    register(session=sessions[0], person=person)
    outcomes = register_many(sessions=sessions, person=person)
    assert [each.created for each in outcomes] == [False, True, True]
    assert Registration.objects.count() == 3


def test_dates_of_two_activities_are_refused() -> None:
    assert "même dispositif" in str(refusal([make_session(), make_session()]))


def test_no_date_is_refused_and_so_are_too_many() -> None:
    assert str(refusal([])) == "Cochez au moins une date."
    assert "12 dates au plus" in str(refusal([make_session()] * 13))


def test_questions_asked_by_several_dates_are_answered_once() -> None:
    activity = make_activity()
    asked = make_question_set({"label": "Repas ?"}, organisation=activity.organisation)
    sessions = [
        *cycle(2, activity=activity, question_set=asked),
        make_session(activity, title="Sans question"),
    ]
    answers = {asked.questions.get().pk: "Végétarien"}
    register_many(sessions=sessions, person=make_person(), answers=answers)
    assert Answer.objects.filter(value="Végétarien").count() == 2


def test_a_missing_answer_writes_nothing() -> None:
    activity = make_activity()
    asked = make_question_set({"label": "Repas ?", "required": True}, organisation=activity.organisation)
    sessions = [*cycle(1, activity=activity), *cycle(1, activity=activity, question_set=asked)]
    error = refusal(sessions, answers={})
    assert error.field == f"question_{asked.questions.get().pk}"


def test_the_coordination_may_register_somebody_and_the_journal_says_so() -> None:
    sessions = cycle(2, professions=["10"])
    by = make_coordinator(sessions[0].activity.organisation)
    outcomes = register_many(sessions=sessions, person=make_person(), by=by)
    assert [each.registration.source for each in outcomes] == ["staff", "staff"]


# --- The season's limit counts them together --------------------------------------------------------


def limited(number: int, limit: int, **fields: Any) -> list[Session]:
    activity = make_activity()
    ActivitySettings.objects.create(activity=activity, season_limit=limit)
    day = timezone.localdate()
    first = day.replace(year=day.year + (day.month >= 9), month=10, day=1)  # well inside a season
    days = (first - day).days
    return [
        make_session(activity, days=days + 7 * rank, title=f"Soirée {rank + 1}", **fields)
        for rank in range(number)
    ]


def test_more_dates_than_the_season_allows_are_refused_to_anybody() -> None:
    error = refusal(limited(3, limit=2))
    assert "au plus à 2" in str(error)


def test_as_many_as_the_season_allows_are_taken() -> None:
    assert states(register_many(sessions=limited(2, limit=2), person=make_person())) == [State.CONFIRMED] * 2


def test_with_what_one_holds_already_the_owner_alone_is_told() -> None:
    sessions = limited(3, limit=2)
    make_registration(sessions[0], email=VICTIM)
    outcomes = register_many(sessions=sessions[1:], person=make_person(email=VICTIM))
    assert [(each.created, each.limited) for each in outcomes] == [(False, True)] * 2
    assert Registration.objects.count() == 1
    assert list(Message.objects.filter(kind="season_limit").values_list("recipient", flat=True)) == [VICTIM]


def test_a_signed_in_person_reads_that_their_season_is_full() -> None:
    sessions, user = limited(3, limit=2), make_user(profession="60")
    register(session=sessions[0], person=make_person(email=user.email), user=user)
    assert "Vous avez déjà 2" in str(refusal(sessions[1:], user=user))


def test_the_limit_of_one_season_does_not_count_the_next() -> None:
    sessions = limited(2, limit=1)
    later = make_session(sessions[0].activity, days=(sessions[0].starts_at - timezone.now()).days + 366)
    assert states(register_many(sessions=[sessions[0], later], person=make_person())) == [State.CONFIRMED] * 2


# --- Nobody learns who is registered ------------------------------------------------------------------


def seen(sessions: list[Session], email: str) -> Any:
    """What a stranger reads after typing ``email``: pages or a refusal."""
    person = make_person(1, email=email)
    try:
        outcomes = register_many(sessions=sessions, person=person)
        return shown_many(outcomes=outcomes, person=person, theirs=())
    except DomainError as error:
        return str(error)


def twins(number: int = 2, **fields: Any) -> tuple[list[Session], list[Session]]:
    organisation = make_organisation()
    return tuple(cycle(number, activity=make_activity(organisation), **fields) for _ in range(2))  # type: ignore[return-value]


@pytest.mark.parametrize("held", [1, 2])
@pytest.mark.parametrize("others", [0, 1, 2])
@pytest.mark.parametrize("waiting_list", [True, False])
def test_a_known_address_reads_what_a_new_one_reads(held: int, others: int, waiting_list: bool) -> None:
    known, unknown = twins(capacity=2, waiting_list=waiting_list)
    for session, stranger in zip(known[:held], unknown[:held], strict=True):
        make_registration(session, email=VICTIM)
        make_registration(stranger)
        for each in (session, stranger):
            for _ in range(min(others, 2 if waiting_list else 1)):
                make_registration(each)
    before = Registration.objects.count()
    assert seen(known, VICTIM) == seen(unknown, "nouvelle@example.org")
    if not waiting_list and others:
        assert Registration.objects.count() == before  # refused: nothing was written for either


def test_a_full_season_reads_like_a_new_address() -> None:
    known, unknown = limited(3, limit=2), limited(3, limit=2)
    for each in known, unknown:
        make_registration(each[0], email=VICTIM if each is known else "autre@example.org")
    assert seen(known[1:], VICTIM) == seen(unknown[1:], "nouvelle@example.org")


def test_the_browser_that_registered_reads_the_truth() -> None:
    sessions, person = cycle(2, capacity=1), make_person()
    outcomes = register_many(sessions=sessions, person=person)
    keys = {each.registration.pk for each in outcomes}
    again = register_many(sessions=sessions, person=person)
    assert [each.known for each in shown_many(outcomes=again, person=person, theirs=keys)] == [True, True]


def test_a_seat_given_back_takes_back_its_own_invitation_alone() -> None:
    outcomes = register_many(sessions=cycle(2), person=make_person())
    withdraw(registration=outcomes[0].registration)
    gone = Message.objects.get(kind="withdrawn")
    assert str(outcomes[0].registration.session.uid) in gone.calendar
    assert str(outcomes[1].registration.session.uid) not in gone.calendar


def test_what_a_profile_lacked_is_kept_when_its_owner_states_it() -> None:
    user = make_user(profession="", first_name="Ana")
    register_many(sessions=cycle(2), person=make_person(first_name="Zoé"), user=user)
    user.refresh_from_db()
    assert (user.first_name, user.profession) == ("Ana", "60")


@pytest.mark.parametrize("number", [1, 3])
def test_few_statements_for_each_date(number: int, django_assert_num_queries: Any) -> None:
    sessions = cycle(number)
    make_registration(make_session())  # what a process asks once is known
    with django_assert_num_queries(9 + 5 * number):
        register_many(sessions=sessions, person=make_person())
