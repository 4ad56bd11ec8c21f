"""What an import leaves out with a reason, and what a message rule or a message refuses."""

from typing import Any

import pytest

from common.errors import DomainError
from events.domain import imports, message_rules, outbox
from events.domain.imports import cells
from events.domain.imports.cells import CellError
from events.domain.registration import withdraw
from events.models import ActivityPage, JournalEntry, Message, MessageRule, Session
from tests.events.import_files import csv_file, line
from tests.events.test_message_rules import make_rule
from tests.factories import make_activity, make_registration, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity() -> ActivityPage:
    return make_activity()


def planned(activity: ActivityPage, *lines: Any) -> imports.Plan:
    return imports.plan(activity=activity, table=imports.read_rows(csv_file(*lines)))


@pytest.mark.parametrize(
    ("read", "typed", "sentence"),
    [
        (cells.place, f"{'x' * 161}, Le Havre", "160 caractères au plus pour le lieu, 80 pour la commune"),
        (cells.place, f"Graville, {'x' * 81}", "160 caractères au plus pour le lieu, 80 pour la commune"),
        (cells.seats, "  ", "Places : la case est vide"),
    ],
)
def test_a_cell_says_why_it_is_not_read(read: Any, typed: str, sentence: str) -> None:
    with pytest.raises(CellError, match=sentence.replace(" :", "[ \N{NO-BREAK SPACE}]:")):
        read(typed)


def test_a_line_without_a_workshop_is_refused_and_named(activity: ActivityPage) -> None:
    plan = planned(activity, line(Atelier="  "))
    assert [
        str(error).replace("\N{NO-BREAK SPACE}", " ") for each in plan.lines for error in each.errors
    ] == ["Atelier : la case est vide."]
    imports.apply(plan=plan, by=None)
    assert not Session.objects.exists()


@pytest.mark.parametrize("change", [{"status": Session.Status.CANCELLED}, {"imported": False}])
def test_a_session_that_changed_since_the_plan_is_left_as_it_is(
    activity: ActivityPage, change: dict[str, Any]
) -> None:
    imports.apply(plan=planned(activity, line()), by=None)
    plan = planned(activity, line(Places="30"))
    Session.objects.update(**change)
    result = imports.apply(plan=plan, by=None)
    assert [
        failure.endswith("cette session vient de changer. Recommencez l’import.")
        for failure in result.failures
    ] == [True]
    assert (Session.objects.get().capacity, result.sessions) == (12, 0)


def test_an_adaptation_is_of_one_activity_and_stays_with_it(activity: ActivityPage) -> None:
    organisation = activity.organisation
    rule = make_rule(organisation)
    before = JournalEntry.objects.count()
    with pytest.raises(DomainError, match="Choisissez le dispositif") as refused:
        make_rule(organisation, adjusts=rule)
    assert refused.value.field == "activity"
    assert (MessageRule.objects.count(), JournalEntry.objects.count()) == (1, before)

    adapted = make_rule(organisation, adjusts=rule, activity=activity)
    before = JournalEntry.objects.count()
    for other, sentence in (
        (make_activity(organisation), "Une adaptation ne change pas de dispositif"),
        (None, "Choisissez le dispositif"),
    ):
        adapted.activity = other
        with pytest.raises(DomainError, match=sentence) as refused:
            message_rules.save_rule(rule=adapted, by=None)
        assert refused.value.field == "activity"
    assert MessageRule.objects.get(pk=adapted.pk).activity == activity
    assert JournalEntry.objects.count() == before


def test_a_message_that_no_longer_applies_is_not_sent_again() -> None:
    session = make_session(capacity=1)
    make_registration(session)
    registration = make_registration(session)
    message = Message.objects.get(registration=registration, kind="waitlisted")
    withdraw(registration=registration)
    Message.objects.filter(pk=message.pk).update(state=Message.State.FAILED, attempts=5)
    before = JournalEntry.objects.count()
    with pytest.raises(DomainError, match="Ce message n’a plus d’objet"):
        outbox.retry(message=message, by=make_user())
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.FAILED, 5)
    assert JournalEntry.objects.count() == before
