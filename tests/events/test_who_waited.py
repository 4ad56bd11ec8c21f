"""Migrating from the first release: the bilan still knows who waited for a seat."""

from importlib import import_module

import pytest
from django.apps import apps
from wagtail.log_actions import log

from events.models import Registration
from tests import factories

pytestmark = pytest.mark.django_db


def test_those_who_wait_and_those_who_were_promoted_have_waited() -> None:
    session = factories.make_session()
    waiting, promoted, confirmed = (factories.make_registration(session) for _ in range(3))
    Registration.objects.filter(pk=waiting.pk).update(state=Registration.State.WAITLISTED)
    log(instance=promoted, action="escale.promote", data={"reason": "order_of_arrival"})
    log(instance=session, action="escale.promote", data={"reason": "order_of_arrival"})
    log(instance=confirmed, action="escale.withdraw")
    import_module("events.migrations.0007_who_waited").note(apps, None)
    found = Registration.objects.filter(waited=True)
    assert set(found.values_list("pk", flat=True)) == {waiting.pk, promoted.pk}
