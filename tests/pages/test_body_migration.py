"""The rich text of old pages becomes blocks, live, drafted and in revisions, on both engines."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import Revision

from common.blocks import prose
from common.rich_text_to_blocks import to_blocks, to_text
from events.models import EventPage
from pages.models import ContentPage, OrganisationPage
from tests import factories

BEFORE = [("events", "0010_spaces_that_hold"), ("pages", "0002_site_settings")]


@pytest.fixture
def at_the_end(transactional_db: None) -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def migrate(targets: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)


def stored(table: str, pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT body FROM {table} WHERE basepage_ptr_id = %s", [pk])
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("at_the_end")
def test_the_words_of_every_page_and_revision_survive() -> None:
    activity = factories.make_activity(body=prose("<p>Pousser la porte.</p>"))
    draft = EventPage.objects.get(pk=activity.pk)
    draft.body = prose("<p>Brouillon « d’essai ».</p>")
    revision = draft.save_revision()
    page = factories.make_home().add_child(
        instance=ContentPage(title="Aide", slug="aide", body=prose("<h2>Ici</h2>"))
    )
    empty = OrganisationPage.objects.get(organisation=activity.organisation)
    migrate(BEFORE)
    assert stored("events_activitypage", activity.pk) == "<p>Pousser la porte.</p>"
    assert stored("pages_organisationpage", empty.pk) == ""
    assert Revision.objects.get(pk=revision.pk).content["body"] == "<p>Brouillon « d’essai ».</p>"

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert "Pousser la porte." in str(EventPage.objects.get(pk=activity.pk).body)
    assert "<h2>Ici</h2>" in str(ContentPage.objects.get(pk=page.pk).body)
    assert len(OrganisationPage.objects.get(pk=empty.pk).body) == 0
    drafted = Revision.objects.get(pk=revision.pk).as_object()
    assert [block.block_type for block in drafted.body] == ["text"]
    assert "Brouillon « d’essai »." in str(drafted.body)


def test_what_is_blocks_already_stays() -> None:
    once = to_blocks("<p>Texte</p>")
    assert to_blocks(once) == once
    assert to_text(once) == "<p>Texte</p>"
    assert to_blocks("") == "[]"
    assert to_text("[]") == ""
    assert to_text(to_blocks("[1, 2]")) == "[1, 2]"  # a text that looks like JSON and is none of ours
