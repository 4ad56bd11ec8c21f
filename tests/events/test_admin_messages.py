"""Messages in the admin: programmed, written to a selection, followed; each organisation its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.domain import mailings, message_rules
from events.domain.links import registration_url
from events.models import Mailing, Message, MessageRule, Registration, Session
from tests.events.test_admin_sessions import coordinator, signed_in
from tests.factories import make_activity, make_organisation, make_registration, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
RULE = {
    "name": "Rappel",
    "activity": "",
    "moment": "before",
    "days": "2",
    "audience": "confirmed",
    "subject": "Rappel : {dispositif}",
    "body": "Bonjour {prenom},\n{lien}",
    "active": "on",
}


@pytest.fixture
def session() -> Session:
    return make_session(title="Sophrologie")


@pytest.fixture
def client(session: Session) -> Client:
    return signed_in(coordinator(session.activity.organisation, email="coco@example.org"))


def make_rule(session: Session, **fields: Any) -> MessageRule:
    data = {**RULE, "activity": None, "active": True, "days": 2} | fields
    return message_rules.save_rule(
        rule=MessageRule(organisation=session.activity.organisation, **data), by=None
    )


def text_of(response: Any) -> str:
    return response.content.decode()


# Rules


def test_a_rule_is_programmed_for_the_coordinators_own_organisation(client, session):
    response = client.post(reverse("message_rules:add"), RULE)
    rule = MessageRule.objects.get()
    assert response.url == reverse("message_rules:edit", args=[rule.pk])
    assert (rule.organisation, rule.moment, rule.days, rule.active) == (
        session.activity.organisation,
        "before",
        2,
        True,
    )


def test_an_unknown_word_is_refused_beside_its_field_with_all_that_was_typed(client):
    response = client.post(reverse("message_rules:add"), RULE | {"body": "Bonjour {surnom}"})
    assert response.status_code == 422
    assert "{surnom} n’existe pas. Vous pouvez écrire : {prenom}" in text_of(response)
    assert "Bonjour {surnom}" in text_of(response)
    assert not MessageRule.objects.exists()


def test_a_number_that_no_database_holds_is_a_wrong_choice(client):
    for activity in ("9" * 20, "²", "-1"):
        assert client.post(reverse("message_rules:add"), RULE | {"activity": activity}).status_code == 422
    assert not MessageRule.objects.exists()


def test_the_second_editor_is_warned_and_sees_what_stands(client, session):
    rule = make_rule(session)
    rule.subject = "Autre objet"
    message_rules.save_rule(rule=rule, seen=1, by=None)
    data = RULE | {"version": "1", "subject": "Mon objet"}
    response = client.post(reverse("message_rules:edit", args=[rule.pk]), data)
    assert response.status_code == 422
    assert "Autre objet" in text_of(response)
    assert "Mon objet" in text_of(response)
    assert MessageRule.objects.get().subject == "Autre objet"
    for version in ({"version": ""}, {"version": "0"}):
        blind = client.post(reverse("message_rules:edit", args=[rule.pk]), data | version)
        assert blind.status_code == 422
    response = client.post(reverse("message_rules:edit", args=[rule.pk]), data | {"version": "2"})
    assert MessageRule.objects.get().subject == "Mon objet"


def test_a_rule_is_adapted_and_silenced_per_activity(client, session):
    rule = make_rule(session)
    other = make_activity(session.activity.organisation, title="Formation")
    url = reverse("message_rules:add") + f"?adjusts={rule.pk}"
    assert "Bonjour {prenom}" in text_of(client.get(url))
    data = {"activity": session.activity.pk, "days": "5", "subject": "Adapté", "body": "x", "active": "on"}
    client.post(url, data)
    client.post(url, data | {"activity": other.pk, "active": ""})
    adapted, silenced = MessageRule.objects.filter(adjusts=rule).order_by("pk")
    assert (adapted.name, adapted.moment, adapted.days, adapted.active) == ("Rappel", "before", 5, True)
    assert not silenced.active
    listing = text_of(client.get(reverse("message_rules:index")))
    assert f"{session.activity.title}</a> (adapté)" in listing
    assert "Formation</a> (sans ce message)" in listing
    response = client.post(url, data)
    assert "déjà adapté pour ce dispositif" in text_of(response)


def test_the_preview_shows_a_real_mail_and_writes_nothing(client, session):
    registration = make_registration(session, first_name="Zoé")
    rule = make_rule(session)
    before = Message.objects.count()
    shown = text_of(client.get(reverse("message_rules:preview", args=[rule.pk]), {"session": session.pk}))
    for expected in (
        "Bonjour Zoé,",
        "/inscriptions/(lien-personnel)/",
        f"Rappel : {session.activity.title}",
        session.activity.organisation.email,
        registration.email,
    ):
        assert expected in shown
    assert registration_url(registration) not in shown
    assert Message.objects.count() == before


def test_what_is_typed_can_be_looked_at_before_it_is_saved(client, session):
    make_registration(session, first_name="Zoé")
    data = RULE | {"action-preview": "1", "preview_session": session.pk, "body": "Chère {prenom}"}
    response = client.post(reverse("message_rules:add"), data)
    assert response.status_code == 200
    assert "Chère Zoé" in text_of(response)
    assert not MessageRule.objects.exists()


def test_a_session_without_anybody_shows_no_preview(client, session):
    rule = make_rule(session)
    assert "rien à montrer" in text_of(client.get(reverse("message_rules:preview", args=[rule.pk])))


@pytest.mark.parametrize("number", ["abc", "0", "99999999999999999999", "-1"])
def test_a_session_that_does_not_exist_has_no_preview(client, session, number):
    rule = make_rule(session)
    assert (
        client.get(reverse("message_rules:preview", args=[rule.pk]), {"session": number}).status_code == 404
    )


def test_the_session_of_another_organisation_has_no_preview(client, session):
    stranger = make_session()
    make_registration(stranger)
    rule = make_rule(session)
    url = reverse("message_rules:preview", args=[rule.pk])
    assert client.get(url, {"session": stranger.pk}).status_code == 404


def test_a_rule_is_stopped_and_started_by_post_only(client, session):
    rule = make_rule(session)
    url = reverse("message_rules:switch", args=[rule.pk])
    assert client.get(url).status_code == 405
    client.post(url, {"active": "0"})
    assert not MessageRule.objects.get().active


def test_anothers_rules_and_activities_do_not_exist(client):
    stranger = make_session()
    theirs = make_rule(stranger)
    for name in ("edit", "preview"):
        assert client.get(reverse(f"message_rules:{name}", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("message_rules:switch", args=[theirs.pk]), {"active": "0"}).status_code == 404
    assert client.get(reverse("message_rules:add") + f"?adjusts={theirs.pk}").status_code == 404
    response = client.post(reverse("message_rules:add"), RULE | {"activity": stranger.activity.pk})
    assert response.status_code == 422
    assert not MessageRule.objects.exclude(pk=theirs.pk).exists()


# Writing


def write(client: Client, session: Session, step: str, **data: Any) -> Any:
    defaults = {"subject": "Parking : {dispositif}", "body": "Bonjour {prenom}", f"action-{step}": "1"}
    return client.post(reverse("messages:write", args=[session.pk]), defaults | data)


def test_a_message_is_written_looked_at_and_sent_once(client, session):
    people = [make_registration(session, first_name=name) for name in ("Zoé", "Léo")]
    make_registration(make_session(session.activity))
    shown = text_of(write(client, session, "look", groups=["confirmed"]))
    assert "Bonjour Zoé" in shown
    assert "Bonjour Léo" in shown
    assert "Envoyer à 2 personnes" in shown
    assert not Mailing.objects.exists()
    data = {"registrations": [one.pk for one in people], "once": "0" * 32}
    for _ in range(2):
        response = write(client, session, "send", **data)
        assert response.url == reverse("sessions:inspect", args=[session.pk])
    assert Mailing.objects.get().recipients == 2
    assert Message.objects.filter(kind="mailing").count() == 2


def test_people_asked_for_in_the_address_are_ticked(client, session):
    first, second = make_registration(session), make_registration(session)
    shown = text_of(client.get(reverse("messages:write", args=[session.pk]) + f"?registrations={first.pk}"))
    assert f'value="{first.pk}" ' in shown
    assert shown.count("checked") == 1
    assert str(second.pk) in shown


@pytest.mark.parametrize("group", ["waitlisted", "present", "absent"])
def test_a_group_holds_those_it_names(session, group):
    session = make_session(session.activity, days=-3, capacity=5)
    registration = make_registration(session)
    Registration.objects.filter(pk=registration.pk).update(
        state="waitlisted" if group == "waitlisted" else "confirmed"
    )
    if group != "waitlisted":
        slot = session.slots.get()
        registration.attendances.create(slot=slot, state=group, marked_at=timezone.now())
    people = mailings.people_of(session)
    assert mailings.groups(people)[group] == [registration]
    for other in {"waitlisted", "present", "absent"} - {group}:
        assert mailings.groups(people)[other] == []


def test_going_back_keeps_what_was_written(client, session):
    registration = make_registration(session)
    shown = text_of(write(client, session, "edit", registrations=[registration.pk], body="Gardé"))
    assert "Gardé" in shown
    assert shown.count("checked") == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"groups": ["confirmed"], "body": "{mot}"}, "{mot} n’existe pas"),
        ({"groups": ["confirmed"], "subject": "{lien}"}, "jamais dans l’objet"),
        ({"groups": []}, "Choisissez au moins une personne."),
        ({"groups": ["confirmed"], "subject": ""}, "Indiquez l’objet."),
        ({"groups": ["confirmed"], "subject": "x" * 161}, "160"),
    ],
)
def test_a_message_that_cannot_leave_is_refused_in_words(client, session, data, sentence):
    make_registration(session)
    for step in ("look", "send", "trial"):
        response = write(client, session, step, **data)
        assert response.status_code == 422
        assert sentence in text_of(response)
    assert not Mailing.objects.exists()
    assert not Message.objects.filter(kind="trial").exists()


def test_a_trial_goes_to_the_coordinator(client, session):
    registration = make_registration(session)
    response = write(client, session, "trial", registrations=[registration.pk], body="{prenom} {lien}")
    assert "Un essai part à votre adresse, coco@example.org." in text_of(response)
    assert Message.objects.get(kind="trial").recipient == "coco@example.org"
    assert "Envoyer à 1 personne" in text_of(response)


def test_people_of_another_session_cannot_be_chosen(client, session):
    stranger = make_registration(make_session())
    response = write(client, session, "send", registrations=[stranger.pk])
    assert response.status_code == 422
    assert not Mailing.objects.exists()


def test_nobody_registered_means_nobody_to_write_to(client, session):
    shown = text_of(client.get(reverse("messages:write", args=[session.pk])))
    assert "personne à qui écrire" in shown


@pytest.mark.parametrize("count", [1, 30])
def test_looking_and_sending_cost_the_same_for_one_person_or_thirty(
    client, session, count, django_assert_num_queries
):
    Session.objects.update(capacity=50)
    people = [make_registration(session) for _ in range(count)]
    client.get(reverse("messages:write", args=[session.pk]))
    data = {"registrations": [one.pk for one in people], "once": "0" * 32}
    with django_assert_num_queries(13):
        write(client, session, "look", **data)
    with django_assert_num_queries(18):
        write(client, session, "send", **data)


def test_a_copied_sessions_messages_are_resumed_by_post_only(client, session):
    Session.objects.update(messages_paused=True)
    url = reverse("messages:resume", args=[session.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).url == reverse("sessions:inspect", args=[session.pk])
    session.refresh_from_db()
    assert not session.messages_paused


# The log


def sent(session: Session, **fields: Any) -> Message:
    message = Message.objects.get(registration=make_registration(session))
    Message.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize(("name", "queries"), [("messages:index", 16), ("message_rules:index", 13)])
def test_a_list_costs_the_same_for_one_or_three(client, session, name, queries, django_assert_num_queries):
    def fill() -> None:
        make_registration(session)
        make_rule(session, name=f"Règle {MessageRule.objects.count()}")

    fill()
    client.get(reverse(name))
    with django_assert_num_queries(queries):
        client.get(reverse(name))
    for _ in range(2):
        fill()
    with django_assert_num_queries(queries):
        client.get(reverse(name))


def test_the_log_says_what_failed_and_why_in_plain_french(client, session):
    sent(session, state="failed", attempts=9, last_error="SMTPRecipientsRefused 550")
    shown = text_of(client.get(reverse("messages:index")))
    assert "refuse cette adresse (code 550)" in shown
    assert "Place confirmée" in shown
    assert "En échec" in shown


@pytest.mark.parametrize("query", ["camille", "Martin", "camille.martin"])
def test_the_log_is_searched_by_person(client, session, query):
    message = sent(session)
    assert message.recipient in text_of(client.get(reverse("messages:inspect", args=[message.pk])))
    found = client.get(reverse("messages:index"), {"q": query}).context["object_list"]
    assert list(found) == [message]


@pytest.mark.parametrize("query", ['"', "\x00", "%", "' OR 1=1", "é" * 500])
def test_a_strange_search_finds_nothing_and_breaks_nothing(client, session, query):
    sent(session)
    response = client.get(reverse("messages:index"), {"q": query})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"state": "failed"}, True),
        ({"state": "sent"}, False),
        ({"kind": "confirmed"}, True),
        ({"kind": "mailing"}, False),
    ],
)
def test_the_log_is_filtered(client, session, filters, kept):
    sent(session, state="failed")
    found = client.get(reverse("messages:index"), filters).context["object_list"]
    assert len(found) == kept


def test_the_log_is_filtered_by_session_and_period(client, session):
    message = sent(session)
    sent(make_session(session.activity), created_at=timezone.now() - timedelta(days=60))
    index = reverse("messages:index")
    assert list(client.get(index, {"session": session.pk}).context["object_list"]) == [message]
    day = f"{timezone.localdate():%Y-%m-%d}"
    assert list(client.get(index, {"created_at_from": day}).context["object_list"]) == [message]
    stranger = make_session()
    assert str(stranger.pk) not in [
        str(value) for value, _ in client.get(index).context["filters"].form.fields["session"].choices
    ]


def test_a_failed_message_is_sent_again(client, session):
    message = sent(session, state="failed", attempts=9)
    assert "Renvoyer" in text_of(client.get(reverse("messages:inspect", args=[message.pk])))
    url = reverse("messages:retry", args=[message.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).url == reverse("messages:inspect", args=[message.pk])
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)


def test_a_sent_message_is_not_sent_again(client, session):
    message = sent(session, state="sent", sent_at=timezone.now())
    assert "Renvoyer" not in text_of(client.get(reverse("messages:inspect", args=[message.pk])))
    client.post(reverse("messages:retry", args=[message.pk]))
    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, message: client.get(reverse("messages:inspect", args=[message.pk])),
        lambda client, message: client.post(reverse("messages:retry", args=[message.pk])),
        lambda client, message: client.get(reverse("messages:write", args=[message.session_id])),
        lambda client, message: client.post(reverse("messages:resume", args=[message.session_id])),
    ],
)
def test_another_organisations_messages_do_not_exist(client, ask: Callable[..., Any]):
    assert ask(client, sent(make_session(), state="failed")).status_code == 404
    assert Message.objects.get().state == "failed"


def test_mails_of_accounts_are_nobodys(client):
    Message.objects.create(
        key="k",
        kind="code",
        recipient="x@example.org",
        subject="s",
        body="b",
        created_at=timezone.now(),
        next_try_at=timezone.now(),
    )
    assert not client.get(reverse("messages:index")).context["object_list"]


def test_somebody_who_coordinates_two_organisations_chooses(client, session):
    from datetime import date

    from members.models import Membership, User

    second = make_organisation()
    user = User.objects.get(email="coco@example.org")
    Membership.objects.create(user=user, organisation=second, role="coordination", since=date(2024, 1, 1))
    Membership.objects.filter(organisation=second).update(
        role=Membership.objects.exclude(organisation=second).get(user=user).role
    )
    assert client.post(reverse("message_rules:add"), RULE).status_code == 422
    client.post(reverse("message_rules:add"), RULE | {"organisation": second.pk})
    assert MessageRule.objects.get().organisation == second
