"""Filters by session: years of sessions do not make each page longer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.admin import filters
from events.models import Session
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "field"),
    [("registrations:index", "session"), ("messages:index", "session"), ("journal", "session")],
)
def test_only_the_latest_sessions_and_the_chosen_one_are_offered(
    name: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "SESSIONS", 1)
    activity = factories.make_activity()
    oldest, older, latest = (factories.make_session(activity, title=t) for t in ("Ancre", "Bouée", "Cap"))
    for days, session in ((30, oldest), (20, older)):
        Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(days=days))
    client = signed_in(coordinator(activity.organisation))
    page = client.get(reverse(name), {field: oldest.pk}).content.decode()
    assert f'<option value="{latest.pk}">Cap, ' in page
    assert f'<option value="{oldest.pk}" selected>Ancre, ' in page
    assert "Bouée" not in page
