"""Who completed a training: what closed sheets and assessments say, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain import attendance
from events.domain.sessions import SlotTimes
from events.models import Attendance, Registration, Session
from members.models import Membership, Organisation
from tests.factories import (
    make_admin,
    make_home,
    make_organisation,
    make_registration,
    make_session,
    make_user,
)
from trainings.domain.assessing import write_assessments
from trainings.domain.completion import settle
from trainings.models import Assessment, Completion, TrainingPage, TrainingSettings

pytestmark = pytest.mark.django_db
PRESENT, ABSENT = Attendance.State.PRESENT, Attendance.State.ABSENT
AIMS = ["Repérer", "Aborder"]


@pytest.fixture
def training() -> TrainingPage:
    from pages.models import OrganisationPage

    organisation = make_organisation(kind=Organisation.Kind.ASSOCIATION)
    above = make_home().add_child(
        instance=OrganisationPage(
            title="MOTS", slug=organisation.slug, organisation=organisation, summary="Une association"
        )
    )
    page = TrainingPage(
        title="Leader", slug="leader", summary="Devenir référent·e", organisation=organisation,
        objectives="\n".join(AIMS),
    )  # fmt: skip
    return above.add_child(instance=page)


def half_days(training: TrainingPage, number: int = 3) -> Session:
    """Three hours each, all of them over."""
    start = timezone.now() - timedelta(days=40)
    slots = [
        SlotTimes(start + timedelta(days=7 * n), start + timedelta(days=7 * n, hours=3))
        for n in range(number)
    ]
    return make_session(training.activitypage_ptr, slots=slots)


def rule(training: TrainingPage, **fields) -> TrainingSettings:
    return TrainingSettings.objects.create(activity=training, **fields)


def close(session: Session, came: dict[int, list[Registration]], by=None) -> None:
    """Close every sheet; ``came`` names, by the rank of the slot, who was there."""
    by = by or make_admin()
    for rank, slot in enumerate(session.slots.order_by("starts_at")):
        attendance.mark(slot=slot, marks={each.pk: PRESENT for each in came.get(rank, [])}, by=by)
        attendance.close_sheet(slot=slot, by=by)


def test_without_settings_whoever_came_to_every_slot_completed_the_training(training):
    session = half_days(training)
    whole, part = make_registration(session), make_registration(session)
    close(session, {0: [whole, part], 1: [whole, part], 2: [whole]})
    assert settle(session=session, by=None) == {whole.pk}
    completion = Completion.objects.get()
    assert (completion.registration, completion.minutes, completion.slots) == (whole, 540, 3)


def test_nobody_completes_a_training_before_its_last_sheet_is_closed(training):
    session, by = half_days(training, 2), make_admin()
    rule(training, required=1)
    person, first = make_registration(session), session.slots.order_by("starts_at")[0]
    attendance.mark(slot=first, marks={person.pk: PRESENT}, by=by)
    attendance.close_sheet(slot=first, by=by)
    assert settle(session=session, by=by) == set()


def test_a_rule_in_minutes_counts_what_was_attended_of_each_slot(training):
    session, by = half_days(training, 1), make_admin()
    rule(training, measure=TrainingSettings.Measure.MINUTES, required=120)
    stayed, left = make_registration(session), make_registration(session)
    slot = session.slots.get()
    attendance.mark(
        slot=slot,
        marks={stayed.pk: Attendance.State.LATE, left.pk: Attendance.State.LEFT},
        minutes={stayed.pk: 150, left.pk: 60},
        by=by,
    )
    attendance.close_sheet(slot=slot, by=by)
    assert settle(session=session, by=by) == {stayed.pk}


def test_asking_for_more_than_was_planned_asks_for_all_of_it(training):
    session = half_days(training, 2)
    rule(training, required=9)
    person = make_registration(session)
    close(session, {0: [person], 1: [person]})
    assert settle(session=session, by=None) == {person.pk}


def test_a_required_evaluation_is_waited_for(training):
    session, by = half_days(training, 1), make_admin()
    rule(training, evaluation_required=True)
    person = make_registration(session)
    close(session, {0: [person]})
    assert settle(session=session, by=by) == set()
    write_assessments(session=session, levels={person.pk: dict.fromkeys(AIMS, "acquired")}, by=by)
    assert settle(session=session, by=by) == {person.pk}


def test_half_an_assessment_is_refused_and_none_at_all_takes_it_back(training):
    session, by = half_days(training, 1), make_admin()
    person = make_registration(session)
    with pytest.raises(DomainError, match="Évaluez chaque objectif"):
        write_assessments(session=session, levels={person.pk: {"Repérer": "acquired"}}, by=by)
    write_assessments(session=session, levels={person.pk: dict.fromkeys(AIMS, "partly")}, by=by)
    assert write_assessments(session=session, levels={person.pk: {}}, by=by) == 1
    assert not Assessment.objects.exists()


def test_somebody_of_another_session_is_not_assessed_here(training):
    session, stranger = half_days(training, 1), make_registration(make_session())
    with pytest.raises(DomainError, match="confirmée"):
        write_assessments(session=session, levels={stranger.pk: {}}, by=make_admin())


def test_completing_names_the_referent_of_the_only_cpts_of_the_person(training):
    session, by = half_days(training, 1), make_admin()
    rule(training, names_referent=True)
    home, person = make_organisation(), make_registration(session)
    join(person, home)
    close(session, {0: [person]}, by)
    settle(session=session, by=by)
    settle(session=session, by=by)
    assert referents(person) == [home.pk]


def test_of_two_cpts_none_is_chosen_for_the_person(training):
    session, by = half_days(training, 1), make_admin()
    rule(training, names_referent=True)
    person = make_registration(session)
    for _ in range(2):
        join(person, make_organisation())
    close(session, {0: [person]}, by)
    settle(session=session, by=by)
    assert referents(person) == []
    assert Completion.objects.get().rule["referent"] == {"outcome": "several"}


def test_a_correction_takes_back_the_completion_and_the_role_that_it_gave(training):
    session, by = half_days(training, 1), make_admin()
    rule(training, names_referent=True)
    person = make_registration(session)
    join(person, make_organisation())
    close(session, {0: [person]}, by)
    settle(session=session, by=by)
    attendance.correct_sheet(
        slot=session.slots.get(), marks={person.pk: ABSENT}, reason="Confondue avec sa collègue", by=by
    )
    assert settle(session=session, by=by) == set()
    assert not Completion.objects.exists()
    assert referents(person) == []


def test_a_meeting_is_never_completed():
    session = make_session(days=-3)
    person = make_registration(session)
    close(session, {0: [person]})
    assert settle(session=session, by=None) == set()


def join(person: Registration, organisation: Organisation) -> None:
    Membership.objects.create(
        user=person.user, organisation=organisation, since=timezone.localdate() - timedelta(days=9)
    )


def referents(person: Registration) -> list[int]:
    found = Membership.objects.filter(user=person.user, role=Membership.Role.REFERENT)
    return list(found.values_list("organisation", flat=True))


def test_accounts_are_held_in_the_order_of_their_numbers(training):
    rule(training, names_referent=True)
    session = half_days(training, 1)
    first, second = make_user(), make_user()
    people = [make_registration(session, email=each.email) for each in (second, first)]
    close(session, {0: people})

    settle(session=session, by=None)

    named = Completion.objects.order_by("pk").values_list("registration__user", flat=True)
    assert list(named) == [first.pk, second.pk]
