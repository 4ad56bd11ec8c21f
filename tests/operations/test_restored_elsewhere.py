"""A backup brought to a brand-new machine: an empty database, nothing to replace, the site as it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from certificates.domain.closing import close_sheet
from certificates.models import Certificate
from common.errors import DomainError
from events.domain import attendance, restoring
from members.models import User
from pages.domain.backups import restoring as backups
from pages.domain.backups import taking
from tests import databases, factories
from tests.operations.conftest import Place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def certificate() -> Certificate:
    session = factories.make_session(days=-3)
    came = factories.make_registration(session, email="venue@example.org")
    by = factories.make_coordinator(session.activity.organisation)
    attendance.mark(slot=session.slots.get(), marks={came.pk: "present"}, by=by)
    close_sheet(slot=session.slots.get(), by=by)
    return Certificate.objects.get(registration=came)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Any]:
    """Call it to stand before a database without a table, as on a machine that was just prepared."""
    settings = connection.settings_dict
    own = settings["NAME"]
    new = {
        **settings,
        "NAME": str(tmp_path / "neuve.sqlite3") if connection.vendor == "sqlite" else f"{own}_new",
    }

    def move() -> None:
        connections.close_all()
        if connection.vendor == "postgresql":
            databases.create_empty(new)
        settings["NAME"] = new["NAME"]

    yield move
    connections.close_all()
    settings["NAME"] = own
    databases.remove(new)


def test_an_empty_database_takes_the_whole_site_and_its_certificates_verify(
    place: Place, certificate: Certificate, elsewhere: Any
) -> None:
    (place.documents / "logo.png").write_bytes(b"a logo")
    taken = taking.take(destination=place.backups)
    people = set(User.objects.values_list("pk", flat=True))
    elsewhere()

    call_command("restore", str(taken.path))

    assert set(User.objects.values_list("pk", flat=True)) == people
    assert restoring.held().count() > 0
    assert (place.documents / "logo.png").read_bytes() == b"a logo"
    page = Client().get(reverse("certificates:certificate", args=[certificate.number]))
    assert page.status_code == 200
    assert certificate.facts["person_short"] in page.content.decode()
    found = Client().get(reverse("certificates:verify"), {"numero": certificate.number}, follow=True)
    assert certificate.number in found.content.decode()
    call_command("migrate", "--check", verbosity=0)


def test_a_copy_that_lost_a_guard_of_the_journal_is_refused(
    place: Place, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, elsewhere: Any
) -> None:
    with monkeypatch.context() as once:
        known = taking.snapshots.triggers()
        once.setattr(taking.snapshots, "triggers", lambda: [*known, "journal_guard_of_the_archive"])
        taken = taking.take(destination=place.backups)
    elsewhere()

    with pytest.raises(DomainError, match="gardes de la base"):
        backups.restore(source=taken.path)
