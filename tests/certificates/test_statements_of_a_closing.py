"""Closing the last sheet of a training costs the same few statements, be they two or fifty who came."""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType

from certificates.domain.closing import close_sheet
from certificates.models import Certificate
from events.domain.attendance import mark
from events.models import ActivityPage, JournalEntry, Message, Session
from members.models import Membership, Organisation
from tests.factories import make_coordinator, make_registration, make_session, make_training
from trainings.domain.completion import settings_of
from trainings.models import Completion

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [2, 6])
def test_closing_a_training_that_gives_a_role(number: int, django_assert_num_queries: Any) -> None:
    page = make_training()
    settings = settings_of(page.pk)
    settings.names_referent = True
    settings.save()
    session = make_session(ActivityPage.objects.get(pk=page.pk), days=-1, capacity=60)
    session.activity.organisation.kind = Organisation.Kind.CPTS
    session.activity.organisation.save()
    people = [make_registration(session) for _ in range(number)]
    for person in people:
        Membership.objects.create(
            user=person.user, organisation=session.activity.organisation, since=session.starts_at.date()
        )
    slot = session.slots.get()
    mark(slot=slot, marks={person.pk: "present" for person in people}, by=None)
    coordinator = make_coordinator(session.activity.organisation)
    ContentType.objects.get_for_models(Certificate, Completion, Organisation, Session)  # asked once a process
    with django_assert_num_queries(90):
        close_sheet(slot=slot, by=coordinator)
    assert Certificate.objects.count() == 3 * number
    assert Completion.objects.count() == Membership.objects.filter(role="referent").count() == number
    assert JournalEntry.objects.filter(action="escale.issue", user=coordinator).count() == 3 * number
    assert JournalEntry.objects.filter(action="escale.complete").count() == number
    assert Message.objects.exclude(kind="confirmed").count() == 2 * number
