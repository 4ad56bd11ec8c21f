"""A session's picture is public, kept, and says what its page says."""

import io

import pytest
from django.test import Client
from PIL import Image

from events.domain.sessions import cancel_session
from events.domain.share_card import card_of, mark_of
from events.models import Session
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def test_it_is_a_picture_that_anybody_may_keep(client: Client) -> None:
    response = client.get(f"/sessions/{factories.make_session().pk}/partage.png")
    assert response["Content-Type"] == "image/png"
    assert "public" in response["Cache-Control"]
    assert response["Last-Modified"]
    assert Image.open(io.BytesIO(response.content)).size == (1200, 630)


def test_whoever_has_it_is_told_so_until_it_changes(client: Client) -> None:
    session = factories.make_session()
    url = f"/sessions/{session.pk}/partage.png"
    tag = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    cancel_session(session=session, reason="Grève", by=None)
    changed = client.get(url, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_a_draft_has_no_picture(client: Client) -> None:
    session = factories.make_session(status="draft")
    assert client.get(f"/sessions/{session.pk}/partage.png").status_code == 404
    assert client.get(f"/sessions/{10**20}/partage.png").status_code == 404


def test_every_word_of_it_changes_its_mark() -> None:
    session = factories.make_session()
    mark = mark_of(card_of(session))
    for name, value in (("title", "Autre"), ("city", "Rouen"), ("modality", "distanciel")):
        other = Session.objects.select_related("activity__organisation").get(pk=session.pk)
        setattr(other, name, value)
        assert mark_of(card_of(other)) != mark
