"""Documents of a session: its own organisation's, in the form, on the page, in a copy."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import GroupCollectionPermission

from common.errors import DomainError
from events.domain.copying import copy_session
from events.domain.session_documents import DocumentLine, set_documents
from events.models import Session
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Organisation
from tests import factories
from tests.events.test_admin_sessions import form_data, signed_in

pytestmark = pytest.mark.django_db


def organisation(slug: str) -> Organisation:
    return open_organisation(
        name=f"CPTS {slug}", short_name=slug, slug=slug, email=f"contact@{slug}.example.org", by=None
    )


def document(owner: Organisation, title: str = "Trois respirations") -> Document:
    own = GroupCollectionPermission.objects.filter(group=owner.group).first()
    assert own is not None
    made = Document(title=title, collection=own.collection, file_size=12_300)
    made.file = ContentFile(b"%PDF-1.4", name="respirer.pdf")
    made.save()
    return made


@pytest.fixture
def place() -> Any:
    """A session, its organisation's document, another organisation's, and a coordinator's browser."""
    own, other = organisation("alpha"), organisation("beta")
    session = factories.make_session(factories.make_activity(own))
    coordinator = factories.make_user()
    name_coordinator(organisation=own, user=coordinator, by=None)
    return session, document(own), document(other, "Secret des voisins"), signed_in(coordinator)


def test_a_document_is_shown_with_its_kind_and_size(client: Client, place: Any) -> None:
    session, own, _other, _coordinator = place
    set_documents(session=session, lines=[DocumentLine(own.pk)], by=None)
    text = client.get(f"/sessions/{session.pk}/").text
    assert "Trois respirations" in text
    assert "PDF, 12\N{NO-BREAK SPACE}ko" in text
    assert own.url in text


def test_another_organisations_document_is_refused(place: Any) -> None:
    session, own, other, _coordinator = place
    with pytest.raises(DomainError, match="de votre structure"):
        set_documents(session=session, lines=[DocumentLine(own.pk), DocumentLine(other.pk)], by=None)
    assert not session.documents.exists()


def test_the_form_attaches_a_document(place: Any) -> None:
    session, own, _other, coordinator = place
    data = form_data(session.activity, **{"documents-0-document": own.pk, "documents-0-title": "À lire"})
    data |= {"version": session.version}
    response = coordinator.post(reverse("sessions:edit", args=[session.pk]), data)
    assert response.status_code == 302
    assert [(one.document_id, one.title) for one in session.documents.all()] == [(own.pk, "À lire")]


@pytest.mark.parametrize("typed", ["", "0", str(10**20), "x", "../1", "-1"])
def test_the_form_names_no_document_of_another_organisation(place: Any, typed: str) -> None:
    session, _own, other, coordinator = place
    data = form_data(session.activity, **{"documents-0-document": typed or other.pk})
    response = coordinator.post(reverse("sessions:edit", args=[session.pk]), data | {"version": 1})
    assert response.status_code == 422
    assert "Choisissez un document de votre structure." in response.text
    assert "Secret des voisins" not in response.text
    assert not session.documents.exists()


def test_a_copy_keeps_the_documents(place: Any) -> None:
    session, own, _other, _coordinator = place
    set_documents(session=session, lines=[DocumentLine(own.pk, "À lire")], by=None)
    day = timezone.localdate() + timedelta(days=60)
    copy = copy_session(session=Session.objects.get(pk=session.pk), day=day, by=None)
    assert [(one.document_id, one.title) for one in copy.documents.all()] == [(own.pk, "À lire")]
