"""« Régler la formation »: the rule in words, versioned, in the journal; and the parts on the desk."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.domain.closing import close_sheet
from common.errors import DomainError
from events.domain.attendance import mark
from events.domain.sessions import SlotTimes
from events.models import JournalEntry
from members.access import coordinators
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Membership
from tests.factories import (
    make_admin,
    make_organisation,
    make_registration,
    make_session,
    make_training,
    make_user,
)
from trainings.domain.rule_words import rule_in_words
from trainings.domain.training_settings import save_training_settings
from trainings.models import Completion, TrainingSettings

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
NBSP = "\u00a0"


@pytest.fixture
def training():
    organisation = open_organisation(
        name="MOTS", short_name="MOTS", slug="mots", kind="association", email="a@b.example.org", by=None
    )
    return make_training(organisation)


@pytest.fixture
def desk(client, training):
    coordinator = make_user(email="coordination@example.org")
    name_coordinator(organisation=training.organisation, user=coordinator, by=None)
    client.force_login(coordinator)
    return client


def url(training) -> str:
    return f"/admin/dispositifs/{training.pk}/formation/"


def typed(**fields) -> dict[str, str]:
    return {"version": "0", "rule": "slots", "nature": "formation", "dpc_number": ""} | fields


def half_days(training, number=3, days=-40):
    start = timezone.now() + timedelta(days=days)
    slots = [
        SlotTimes(start + timedelta(days=7 * n), start + timedelta(days=7 * n, hours=3))
        for n in range(number)
    ]
    return make_session(training.activitypage_ptr, slots=slots)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "les 3 créneaux."),
        ({"required": 2}, "au moins 2 créneaux sur 3."),
        ({"required": 9}, "les 3 créneaux."),
        ({"measure": "minutes"}, "toute la durée prévue, 9 h."),
        ({"measure": "minutes", "required": 450}, "au moins 7 h 30 sur les 9 h prévues."),
        ({"evaluation_required": True}, "les 3 créneaux et dont les acquis sont évalués"),
    ],
)
def test_the_rule_reads_as_a_sentence(training, fields, said):
    session = half_days(training)
    words = rule_in_words(TrainingSettings(**fields), list(session.slots.all())).replace(NBSP, " ")
    assert words.startswith("Achève la formation qui a suivi ")
    assert said in words


def test_the_settings_are_stored_versioned_and_in_the_journal(desk, training):
    answer = desk.post(
        url(training), typed(rule="some_time", hours="7,5", dpc_number="12345.001"), follow=True
    )
    assert "sont enregistrés" in answer.text
    settings = TrainingSettings.objects.get()
    assert (settings.measure, settings.required, settings.dpc_number) == ("minutes", 450, "12345.001")
    entry = JournalEntry.objects.get(action="escale.training")
    assert (entry.organisation_id, set(entry.data)) == (
        training.organisation_id,
        {"measure", "required", "dpc_number"},
    )
    assert 'value="7,5"' in desk.get(url(training)).text


def test_two_at_once_the_second_compares_before_saving(desk, training):
    desk.post(url(training), typed(rule="some_slots", slots="2"))
    page = desk.post(url(training), typed(rule="some_slots", slots="3"))
    assert page.status_code == 409
    assert "Enregistré entre-temps" in page.text
    assert "au moins 2\u00a0créneaux" in page.text
    assert TrainingSettings.objects.get().required == 2
    desk.post(url(training), typed(rule="some_slots", slots="3", version="1"))
    assert TrainingSettings.objects.get().required == 3


def test_seeing_what_a_rule_asks_stores_nothing(desk, training):
    half_days(training, days=9)
    page = desk.post(url(training), typed(rule="some_slots", slots="2", voir="1"))
    assert "au moins 2 créneaux sur 3" in page.text.replace(NBSP, " ")
    part = desk.post(url(training), typed(rule="some_slots", slots="1", extrait="1")).text.replace(NBSP, " ")
    assert "au moins 1 créneau sur 3" in part
    assert "<form" not in part
    assert not TrainingSettings.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"rule": "some_slots"},
        {"rule": "some_slots", "slots": "0"},
        {"rule": "some_time", "hours": "-1"},
        {"rule": "some_time", "hours": "1e20"},
        {"rule": "some_time", "hours": "NaN"},
        {"rule": '"'},
        {"nature": "../"},
        {"dpc_number": "DPC & co"},
        {"dpc_number": "\0"},
        {"slots": "9" * 20, "rule": "some_slots"},
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_loses_nothing(desk, training, fields):
    page = desk.post(url(training), typed(**fields))
    assert page.status_code == 422
    assert not TrainingSettings.objects.exists()


def test_an_evaluation_without_objectives_would_be_waited_for_for_ever(training):
    training.objectives = ""
    training.save()
    asked = TrainingSettings(activity=training, evaluation_required=True)
    with pytest.raises(DomainError, match="objectifs"):
        save_training_settings(settings=asked, seen=0, by=make_admin())


def test_only_an_administrator_lets_a_training_give_a_role_in_other_organisations(desk, training):
    coordinator = coordinators(organisation=training.organisation).get()
    asked = TrainingSettings(activity=training, names_referent=True)
    with pytest.raises(DomainError, match="administration"):
        save_training_settings(settings=asked, seen=0, by=coordinator)
    desk.post(url(training), typed(names_referent="on", dpc_number="12345"))
    assert not TrainingSettings.objects.get(activity=training).names_referent
    desk.force_login(make_admin())
    desk.post(url(training), typed(version="1", names_referent="on"))
    assert TrainingSettings.objects.get(activity=training).names_referent


def test_the_desk_says_who_completed_and_what_the_others_lack(desk, training):
    TrainingSettings.objects.create(activity=training, names_referent=True)
    session, by = half_days(training, 2), make_admin()
    whole = make_registration(session, first_name="Anne", last_name="Entier")
    part = make_registration(session, first_name="Paul", last_name="Moitié")
    for home in (make_organisation(), make_organisation()):
        Membership.objects.create(
            user=whole.user, organisation=home, since=timezone.localdate() - timedelta(days=9)
        )
    first, last = session.slots.order_by("starts_at")
    for slot, came in ((first, [whole, part]), (last, [whole])):
        mark(slot=slot, marks={each.pk: "present" for each in came}, by=by)
        close_sheet(slot=slot, by=by)
    page = desk.get(f"/admin/sessions/inspect/{session.pk}/").text.replace(NBSP, " ")
    assert "1 personne sur 2" in page
    assert "rôle de référent·e à ouvrir" in page
    assert "plusieurs CPTS" not in page
    assert "1 créneau suivi, 2 demandés" in page
    assert "manque : assiduité" in page
    theirs = desk.get(reverse("registrations:inspect", args=[whole.pk])).text
    assert "Rôle de référent·e à ouvrir" in theirs
    assert "Vérifier à nouveau" in theirs


def test_asking_again_names_the_referent_once_one_cpts_is_left(desk, training):
    TrainingSettings.objects.create(activity=training, names_referent=True)
    session, by = half_days(training, 1), make_admin()
    person = make_registration(session)
    slot = session.slots.get()
    mark(slot=slot, marks={person.pk: "present"}, by=by)
    close_sheet(slot=slot, by=by)
    completion = Completion.objects.get()
    assert completion.rule["referent"] == {"outcome": "none"}
    Membership.objects.create(
        user=person.user, organisation=make_organisation(), since=timezone.localdate() - timedelta(days=1)
    )
    page = desk.get(reverse("registrations:inspect", args=[person.pk]))
    [form] = re.findall(r'<form[^>]*referent/">(.*?)</form>', page.text, re.S)
    assert 'name="csrfmiddlewaretoken" value="' in form
    desk.post(f"/admin/formations/achevees/{completion.pk}/referent/")
    completion.refresh_from_db()
    assert completion.rule["referent"]["outcome"] == "named"
    assert Membership.objects.filter(user=person.user, role=Membership.Role.REFERENT).count() == 1


def test_another_organisations_completion_does_not_exist(desk, training):
    other = make_training()
    session, by = half_days(other, 1), make_admin()
    person = make_registration(session)
    slot = session.slots.get()
    mark(slot=slot, marks={person.pk: "present"}, by=by)
    close_sheet(slot=slot, by=by)
    assert desk.post(f"/admin/formations/achevees/{Completion.objects.get().pk}/referent/").status_code == 404
    assert desk.get(url(other)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_part_of_a_session_costs_the_same_however_many_come(training, number, django_assert_num_queries):
    from trainings.admin.parts import of_session

    TrainingSettings.objects.create(activity=training, names_referent=True)
    session, by = half_days(training, 1), make_admin()
    people = [make_registration(session) for _ in range(number)]
    slot = session.slots.get()
    mark(slot=slot, marks={each.pk: "present" for each in people}, by=by)
    close_sheet(slot=slot, by=by)
    session.refresh_from_db()
    with django_assert_num_queries(9):
        of_session(session).render_html({})
