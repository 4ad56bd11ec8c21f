"""The page of who trains: what each person has acquired."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.domain.closing import close_sheet
from events.domain.attendance import mark
from events.domain.sessions import SlotTimes
from events.models import SessionRole
from tests.factories import make_admin, make_registration, make_session, make_training, make_user
from trainings.models import Assessment, Completion, TrainingSettings

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
AIMS = ["Repérer", "Aborder"]


def begun(days=0, **fields):
    start = timezone.now() - timedelta(days=days, hours=4)
    training = make_training(**fields)
    slots = [SlotTimes(start, start + timedelta(hours=3))]
    return make_session(training.activitypage_ptr, slots=slots)


@pytest.fixture
def trainer(client):
    user = make_user(email="forme@example.org")
    client.force_login(user)
    return user


def led(session, user):
    SessionRole.objects.create(
        session=session, user=user, role=SessionRole.Role.TRAINER, name="Une formatrice"
    )
    return f"/animation/{session.pk}/evaluation/"


def shown(client, url) -> dict[str, str]:
    """What the page's form would send as it stands."""
    form = client.get(url).context["form"]
    return {form.add_prefix(name): form[name].value() or "" for name in form.fields}


def row(person, *levels) -> dict[str, str]:
    return {f"niveau-{person.pk}-{rank}": level for rank, level in enumerate(levels)}


def said(person) -> dict[str, str]:
    return dict(Assessment.objects.filter(registration=person).values_list("objective", "level"))


def test_a_trainer_notes_what_each_person_has_acquired(client, trainer):
    session = begun()
    one, other = make_registration(session), make_registration(session)
    url = led(session, trainer)
    data = shown(client, url) | row(one, "acquired", "partly")
    page = client.post(url, data, follow=True)
    assert "C’est noté." in page.text
    assert said(one) == {"Repérer": "acquired", "Aborder": "partly"}
    assert said(other) == {}


def test_saving_what_was_shown_changes_nothing(client, trainer):
    session = begun()
    make_registration(session)
    url = led(session, trainer)
    assert "Rien n’a changé." in client.post(url, shown(client, url), follow=True).text
    assert not Assessment.objects.exists()


def test_a_half_filled_row_is_refused_beside_it_and_the_other_rows_stay_typed(client, trainer):
    session = begun()
    one, other = make_registration(session), make_registration(session)
    url = led(session, trainer)
    data = shown(client, url) | row(one, "acquired", "") | row(other, "partly", "not_yet")
    page = client.post(url, data)
    assert page.status_code == 422
    assert "Évaluez chaque objectif" in page.text
    form = page.context["form"]
    assert [form[name].value() for name in row(other, "", "")] == ["partly", "not_yet"]
    assert form[f"niveau-{one.pk}-0"].value() == "acquired"
    assert not Assessment.objects.exists()


def test_a_row_that_somebody_else_filled_meanwhile_is_shown_beside_ones_own(client, trainer):
    session = begun()
    one, other = make_registration(session), make_registration(session)
    url = led(session, trainer)
    first = shown(client, url)
    client.post(url, first | row(one, "partly", "partly") | row(other, "acquired", "acquired"))
    page = client.post(url, first | row(one, "acquired", "acquired"))
    assert page.status_code == 422
    assert "Enregistré entre-temps\u00a0: en cours, en cours" in page.text
    assert said(one) == dict.fromkeys(AIMS, "partly")
    form = page.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    client.post(url, again)
    assert said(one) == dict.fromkeys(AIMS, "acquired")
    assert said(other) == dict.fromkeys(AIMS, "acquired")


def test_before_it_begins_the_page_says_when_in_its_own_words(client, trainer):
    session = begun(days=-3)
    make_registration(session)
    page = client.get(led(session, trainer)).text
    assert "L’évaluation ouvre le jour où la formation commence" in page
    assert "émargement ouvre" not in page
    assert "niveau-" not in page


def test_objectives_that_changed_since_are_said(client, trainer):
    session = begun()
    one = make_registration(session)
    url = led(session, trainer)
    data = shown(client, url) | row(one, "acquired", "acquired")
    page = session.activity.specific
    page.objectives = "Aborder\nRepérer"
    page.save()
    answer = client.post(url, data)
    assert "viennent de changer" in answer.text
    assert not Assessment.objects.exists()


def test_after_the_closing_the_assessment_completes_the_training(client, trainer):
    session = begun()
    TrainingSettings.objects.create(activity=session.activity.specific, evaluation_required=True)
    one = make_registration(session)
    slot = session.slots.get()
    mark(slot=slot, marks={one.pk: "present"}, by=trainer)
    close_sheet(slot=slot, by=make_admin())
    url = led(session, trainer)
    page = client.post(url, shown(client, url) | row(one, "acquired", "acquired"), follow=True)
    assert "Les documents qui en dépendent" in page.text
    assert "Formation achevée" in page.text
    assert Completion.objects.filter(registration=one).exists()


@pytest.mark.parametrize("level", ['"', "\0", "1e20", "../", "2026-02-30"])
def test_nonsense_is_answered_with_a_page(client, trainer, level):
    session = begun()
    one = make_registration(session)
    url = led(session, trainer)
    sent = row(one, level, level) | {"objectifs": level, f"vu-{one.pk}": level}
    assert client.post(url, shown(client, url) | sent).status_code == 422


def test_a_meeting_has_no_such_page(client, trainer):
    assert client.get(led(make_session(days=-1), trainer)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_however_many_come(client, trainer, number, django_assert_num_queries):
    session = begun()
    for _ in range(number):
        make_registration(session)
    url = led(session, trainer)
    with django_assert_num_queries(16):
        client.get(url)
