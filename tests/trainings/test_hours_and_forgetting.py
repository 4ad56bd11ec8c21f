"""Hours over several sessions; what is forgotten of a training, and what stands behind a proof."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.domain.assessing import assess
from certificates.domain.closing import close_sheet, correct_sheet
from certificates.models import Certificate
from events.domain.attendance import mark
from events.domain.sessions import SlotTimes
from members.models import User
from pages.domain.erasure import Reason, erase
from pages.domain.own_data import own_data
from pages.domain.own_data_words import sections
from pages.domain.retention import purge
from tests.factories import make_admin, make_registration, make_session, make_training
from trainings.domain.hours import hours_per_training
from trainings.models import Assessment, Completion, TrainingSettings

pytestmark = pytest.mark.django_db
AIMS = ["Repérer", "Aborder"]


@pytest.fixture
def training():
    return make_training(title="Leader")


def held(training, *, days=20, came=("a",), minutes=None):
    """A past session of three hours with its sheet closed; returns it with its people."""
    start = timezone.now() - timedelta(days=days)
    session = make_session(training.activitypage_ptr, slots=[SlotTimes(start, start + timedelta(hours=3))])
    people = [make_registration(session, email=f"{who}@example.org", first_name=who) for who in came]
    slot, by = session.slots.get(), make_admin()
    state = "left" if minutes else "present"
    mark(
        slot=slot, marks={each.pk: state for each in people},
        minutes={each.pk: minutes for each in people} if minutes else {}, by=by,
    )  # fmt: skip
    close_sheet(slot=slot, by=by)
    session.refresh_from_db()
    return session, people


def test_hours_of_one_training_add_up_over_its_sessions(training, client):
    held(training, days=40)
    _session, [person] = held(training, days=20, minutes=90)
    held(make_training(title="Autre"), days=10, came=("b",))
    [hours] = hours_per_training(user=person.user)
    assert (hours.title, hours.minutes, hours.sessions, hours.completed) == ("Leader", 270, 2, True)
    client.force_login(person.user)
    page = client.get("/mon-espace/").text.replace("\u00a0", " ")
    assert "Par formation" in page
    assert "4 h 30" in page
    assert "sur 2 sessions" in page


def test_an_open_sheet_gives_no_hours(training):
    _session, [person] = held(training)
    other = make_session(training.activitypage_ptr, days=-2)
    again = make_registration(other, email="a@example.org")
    mark(slot=other.slots.get(), marks={again.pk: "present"}, by=make_admin())
    [hours] = hours_per_training(user=person.user)
    assert hours.minutes == 180


def test_the_copy_of_ones_data_says_levels_and_completion(training):
    session, [person] = held(training)
    assess(session=session, levels={person.pk: dict.fromkeys(AIMS, "partly")}, by=make_admin())
    data = own_data(user=person.user)
    [copied] = data["formations"]
    assert [each["niveau"] for each in copied["objectifs"]] == ["En cours d’acquisition"] * 2
    assert copied["minutes_suivies"] == 180
    assert any(
        "Leader" in str(section.rows) for section in sections(data) if section.title == "Vos formations"
    )


def test_erasing_keeps_what_stands_behind_a_proof_until_its_term(training):
    session, [person] = held(training)
    assess(session=session, levels={person.pk: dict.fromkeys(AIMS, "acquired")}, by=make_admin())
    erase(user=person.user, by=None, reason=Reason.PERSON)
    assert Assessment.objects.count() == 2
    assert Certificate.objects.filter(status="valid").exists()
    later = timezone.now() + timedelta(days=365 * 6)
    purge(now=later)
    purge(now=later)
    assert not Assessment.objects.exists()
    assert Completion.objects.count() == 1


def test_erasing_forgets_levels_that_prove_nothing(training):
    TrainingSettings.objects.create(activity=training)
    session = make_session(training.activitypage_ptr, days=-2)
    person = make_registration(session, email="a@example.org")
    assess(session=session, levels={person.pk: dict.fromkeys(AIMS, "acquired")}, by=make_admin())
    assert Assessment.objects.exists()
    erase(user=User.objects.get(pk=person.user_id), by=None, reason=Reason.PERSON)
    assert not Assessment.objects.exists()


def test_a_correction_after_the_purge_does_not_undo_the_completion_of_somebody_forgotten(training):
    TrainingSettings.objects.create(activity=training, evaluation_required=True)
    session, [gone, other] = held(training, came=("a", "b"))
    by = make_admin()
    assess(
        session=session, levels={each.pk: dict.fromkeys(AIMS, "acquired") for each in (gone, other)}, by=by
    )
    Certificate.objects.filter(registration=gone).update(issued_at=timezone.now() - timedelta(days=365 * 6))
    erase(user=gone.user, by=None, reason=Reason.PERSON)
    assert not Assessment.objects.filter(registration=gone).exists()
    correct_sheet(slot=session.slots.get(), marks={other.pk: "absent"}, reason="Confondue", by=by)
    assert set(Completion.objects.values_list("registration", flat=True)) == {gone.pk}


def test_a_dry_run_foretells_the_night(training):
    session, [person] = held(training)
    assess(session=session, levels={person.pk: dict.fromkeys(AIMS, "acquired")}, by=make_admin())
    later = timezone.now() + timedelta(days=365 * 6)
    foretold = {line.code: line.count for line in purge(now=later, dry_run=True)}
    done = {line.code: line.count for line in purge(now=later)}
    assert foretold["assessments"] == done["assessments"] == 2
