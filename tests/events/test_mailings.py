"""A message to a selection: once per click, once per address, filled in for each, logged."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from common.errors import DomainError
from events.domain import mailings, outbox, retention
from events.domain.links import registration_url
from events.domain.registration import withdraw
from events.models import JournalEntry, Mailing, Message, Registration, Session
from tests.factories import make_registration, make_session, make_user

pytestmark = pytest.mark.django_db


def send(session: Session, people: list[Registration], **fields: Any) -> Mailing:
    defaults = {"subject": "Parking : {dispositif}", "body": "Bonjour {prenom},\n{lien}", "by": make_user()}
    return mailings.send(session=session, registrations=people, **(defaults | fields))


def of(mailing: Mailing) -> list[Message]:
    return list(Message.objects.filter(mailing=mailing).order_by("pk"))


def test_each_person_reads_their_own_message():
    session = make_session()
    people = [make_registration(session, first_name=name) for name in ("Zoé", "Léo")]
    mailing = send(session, people)
    messages = of(mailing)
    assert [message.recipient for message in messages] == [one.email for one in people]
    assert messages[0].subject == f"Parking : {session.activity.title}"
    assert messages[0].body == f"Bonjour Zoé,\n{registration_url(people[0])}\n"
    assert {(m.kind, m.session, m.organisation) for m in messages} == {
        ("mailing", session, session.activity.organisation)
    }
    assert mailing.recipients == 2


def test_a_double_click_sends_once():
    session = make_session()
    people = [make_registration(session)]
    first = send(session, people, once="a")
    assert send(session, people, once="a") == first
    assert send(session, people, once="b") != first
    assert Message.objects.filter(kind="mailing").count() == 2


def test_the_same_click_lost_in_a_race_gives_what_the_other_sent(monkeypatch):
    session = make_session()
    people = [make_registration(session)]
    standing = send(session, people, once="a")
    seen = [None, standing]
    monkeypatch.setattr(mailings, "_sent", lambda once: seen.pop(0))
    assert send(session, people, once="a") == standing
    assert Mailing.objects.count() == 1
    monkeypatch.setattr(mailings, "_sent", lambda once: None)
    with pytest.raises(IntegrityError):
        send(session, people, once="a")


def test_one_address_gets_one_message_for_the_registration_that_counts():
    session = make_session()
    gone = make_registration(session)
    withdraw(registration=gone)
    back = make_registration(session)
    Registration.objects.filter(pk=back.pk).update(email=gone.email)
    [message] = of(send(session, list(Registration.objects.order_by("pk"))))
    assert message.registration == back


def test_nobody_of_another_session_is_written_to():
    session = make_session()
    with pytest.raises(DomainError, match="pas inscrite"):
        send(session, [make_registration(make_session())])
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "{mot}"}, "body"),
        ({"subject": "{lien}"}, "subject"),
    ],
)
def test_what_is_missing_or_unknown_is_refused_beside_its_field(fields, field):
    session = make_session()
    with pytest.raises(DomainError) as error:
        send(session, [make_registration(session)], **fields)
    assert error.value.field == field


def test_an_empty_selection_is_refused():
    with pytest.raises(DomainError, match="au moins une personne"):
        send(make_session(), [])


def test_who_wrote_to_how_many_is_logged_without_a_name():
    session = make_session()
    by = make_user()
    mailing = send(session, [make_registration(session)], by=by)
    entry = JournalEntry.objects.get(action="escale.message")
    assert (entry.user_id, entry.session_id) == (by.pk, session.pk)
    assert entry.data == {"mailing": mailing.pk, "recipients": 1}


@pytest.mark.parametrize("count", [1, 30])
def test_sending_costs_the_same_for_one_person_or_thirty(count, django_assert_num_queries, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    session = make_session(capacity=50)
    for _ in range(count):
        make_registration(session)
    session = Session.objects.select_related("activity__organisation").get()
    people = list(session.registrations.all())
    by = make_user()
    DBTaskResult.objects.all().delete()
    with django_assert_num_queries(12):
        send(session, people, by=by)
    assert DBTaskResult.objects.count() == 1


def test_a_trial_goes_to_its_writer_without_anybodys_link():
    session = make_session()
    registration = make_registration(session)
    by = make_user()
    message = mailings.send_trial(
        session=session, registration=registration, subject="S", body="{prenom} {lien}", by=by
    )
    assert (message.recipient, message.registration) == (by.email, None)
    assert mailings.HIDDEN_LINK in message.body
    assert registration_url(registration) not in message.body


def test_what_failed_is_sent_again_to_the_address_of_today():
    session = make_session()
    registration = make_registration(session)
    [message] = of(send(session, [registration]))
    Message.objects.filter(pk=message.pk).update(state="failed", attempts=9, last_error="x")
    Registration.objects.update(email="nouvelle@example.org")
    outbox.retry(message=message, by=make_user())
    Message.objects.exclude(pk=message.pk).delete()
    assert outbox.deliver_due() == 1
    message.refresh_from_db()
    assert (message.state, message.recipient, message.attempts) == ("sent", "nouvelle@example.org", 1)
    assert JournalEntry.objects.filter(action="escale.retry", session_id=session.pk).count() == 1


@pytest.mark.parametrize("state", ["sent", "sending", "dropped"])
def test_what_left_or_has_no_object_is_not_sent_again(state):
    session = make_session()
    [message] = of(send(session, [make_registration(session)]))
    Message.objects.filter(pk=message.pk).update(state=state)
    with pytest.raises(DomainError):
        outbox.retry(message=message, by=make_user())


def test_an_impossible_address_is_not_tried_again():
    session = make_session()
    [message] = of(send(session, [make_registration(session)]))
    Registration.objects.update(email="camille@exemple")
    Message.objects.filter(pk=message.pk).update(state="failed")
    with pytest.raises(DomainError, match="corrigez-la"):
        outbox.retry(message=message, by=make_user())


@pytest.mark.django_db(transaction=True)
def test_nobody_whom_the_night_made_nameless_meanwhile_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    withdraw(registration=make_registration(session, first_name="Ghislaine", email="ghislaine@example.org"))
    Message.objects.all().delete()
    ended = timezone.now() - timedelta(days=400)
    session.slots.update(starts_at=ended - timedelta(hours=2), ends_at=ended)
    Session.objects.filter(pk=session.pk).update(starts_at=ended - timedelta(hours=2), ends_at=ended)
    people, drafted = list(session.registrations.all()), mailings._drafted

    def overtaken(*said: Any) -> Any:
        found = drafted(*said)
        assert retention.purge_without_sequel() == 1
        return found

    monkeypatch.setattr(mailings, "_drafted", overtaken)
    with pytest.raises(DomainError):
        send(session, people)
    assert not Message.objects.exists()
