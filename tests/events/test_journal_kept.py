"""The journal is written and never rewritten, by anybody: the database itself refuses."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from events.domain.journal import purge_journal
from events.models import JournalEntry, Session
from members.models import Organisation
from tests import factories

pytestmark = pytest.mark.django_db
KEPT = timedelta(days=366)  # twelve months, whatever the year


@pytest.fixture
def organisation() -> Organisation:
    organisation = factories.make_organisation()
    log(instance=organisation, action="escale.edit", data={"fields": ["city"]})
    return organisation


def entry_of_age(organisation: Organisation, age: timedelta) -> JournalEntry:
    return JournalEntry.objects.log_action(
        organisation, "escale.edit", timestamp=timezone.now() - age, data={}
    )


def rows() -> list[Any]:
    return list(JournalEntry.objects.order_by("pk").values_list("pk", "action", "data"))


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: JournalEntry.objects.update(action="escale.create"),
        lambda: JournalEntry.objects.all().delete(),
        lambda: JournalEntry.objects.get().delete(),
        lambda: JournalEntry.objects.get().save(),
    ],
    ids=["update", "delete", "delete one", "save one"],
)
def test_no_entry_is_rewritten_or_taken_out(organisation: Organisation, rewrite: Callable[[], Any]) -> None:
    before = rows()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rewrite()
    assert rows() == before


def test_what_is_older_than_its_time_is_purged_and_nothing_else(organisation: Organisation) -> None:
    kept = entry_of_age(organisation, KEPT - timedelta(days=2))
    old = entry_of_age(organisation, KEPT + timedelta(days=1))
    assert purge_journal(dry_run=True) == 1
    assert JournalEntry.objects.filter(pk=old.pk).exists()
    assert purge_journal() == 1
    assert purge_journal() == 0
    assert not JournalEntry.objects.filter(pk=old.pk).exists()
    assert JournalEntry.objects.filter(pk=kept.pk).exists()


def test_the_clock_purges_the_journal_and_a_command_counts_first(
    organisation: Organisation, capsys: pytest.CaptureFixture[str]
) -> None:
    old = entry_of_age(organisation, KEPT + timedelta(days=1))
    call_command("purge", "--dry-run")
    assert "lignes du journal : 1 (à effacer)" in capsys.readouterr().out
    assert JournalEntry.objects.filter(pk=old.pk).exists()
    call_command("run_due")
    assert "données arrivées à terme : 1" in capsys.readouterr().out
    assert not JournalEntry.objects.filter(pk=old.pk).exists()


def test_the_purge_could_not_take_a_recent_entry(organisation: Organisation) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        purge_journal(now=timezone.now() + 2 * KEPT)


def test_what_wagtails_log_told_of_a_session_moves_into_the_journal() -> None:
    session = factories.make_session()
    user = factories.make_user()
    kind = ContentType.objects.get_for_model(Session)
    for pk in (session.pk, 987654):  # the other was deleted since
        ModelLogEntry.objects.create(
            content_type=kind,
            object_id=str(pk),
            label="Sophrologie",
            action="escale.edit",
            timestamp=timezone.now() - timedelta(days=40),
            user=user,
            data={"capacity": {"before": "12", "after": "14"}},
        )
    migration = import_module("events.migrations.0005_journal_append_only")
    migration.take_over(apps, None)
    assert not ModelLogEntry.objects.filter(content_type=kind).exists()
    moved = JournalEntry.objects.filter(object_id=session.pk, action="escale.edit").get()
    assert moved.user == user
    assert moved.session_id == session.pk
    assert moved.organisation_id == session.activity.organisation_id
    assert moved.data == {"capacity": {"before": "12", "after": "14"}}
    assert JournalEntry.objects.get(object_id="987654").organisation_id is None


@pytest.mark.django_db
def test_each_line_writes_only_the_indexes_that_something_asks():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, JournalEntry._meta.db_table).values()
    indexed = {tuple(each["columns"]) for each in found if each["index"]}
    singles = {("action",), ("object_id",), ("timestamp",), ("user_id",)}
    assert indexed == {*singles, ("organisation_id", "timestamp"), ("session_id", "timestamp")}
