"""What an erasure, an organisation's page and files that are too big are refused."""

import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from common.errors import DomainError
from events.domain import erasure as events_erasure
from events.domain.registration import register
from events.models import JournalEntry, Registration
from members.models import User
from pages.admin import MANY, InvitedField, OpenPageView
from pages.domain import uploads
from pages.domain.erasure import Reason, erase
from pages.domain.site_pages import open_page_of
from pages.models import OrganisationPage
from tests import factories

pytestmark = pytest.mark.django_db


def test_nobody_is_erased_who_has_just_registered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    registration = factories.make_registration(factories.make_session())
    again = {"session": factories.make_session(), "person": factories.make_person(email=registration.email)}
    before = User.objects.values().get(pk=registration.user_id), JournalEntry.objects.count()
    # It comes after the sessions were held, at one that was not; what it wrote is undone with the rest.
    monkeypatch.setattr(events_erasure, "withdraw_coming", lambda user: register(**again))
    with pytest.raises(DomainError, match="Une inscription vient de s’ajouter"):
        erase(user=registration.user, by=None, reason=Reason.PERSON)
    assert (User.objects.values().get(pk=registration.user_id), JournalEntry.objects.count()) == before
    assert Registration.objects.get().state == Registration.State.CONFIRMED


def test_a_page_opens_for_an_organisation_that_has_coordinators() -> None:
    factories.make_home()
    organisation = factories.make_organisation()
    with pytest.raises(DomainError, match="pas encore de groupe de coordination"):
        open_page_of(organisation=organisation, by=None)
    assert not OrganisationPage.objects.exists()


def test_only_an_administrator_opens_a_page_whoever_opens_the_view() -> None:
    organisation = factories.make_organisation()
    for user in (
        AnonymousUser(),
        factories.make_coordinator(organisation),
        factories.make_user(is_staff=True),
    ):
        request = RequestFactory().post("/")
        request.user = user
        with pytest.raises(PermissionDenied):
            OpenPageView.as_view()(request, pk=organisation.pk)
    assert not OrganisationPage.objects.exists()


def test_so_many_people_are_invited_at_once() -> None:
    lines = [f"personne{n}@example.org" for n in range(MANY + 1)]
    assert len(InvitedField().clean("\n".join(lines[:-1]))) == MANY
    with pytest.raises(ValidationError, match=f"Pas plus de {MANY} personnes à la fois"):
        InvitedField().clean("\n".join(lines))


def moving(frames: int, size: tuple[int, int] = (2, 2)) -> SimpleUploadedFile:
    first, *others = [Image.new("RGB", size, (n % 256, n // 256, 7)) for n in range(frames)]
    out = io.BytesIO()
    first.save(out, format="GIF", save_all=True, append_images=others)
    return SimpleUploadedFile("vague.gif", out.getvalue(), "image/gif")


@pytest.mark.parametrize(
    "picture", [{"frames": 201}, {"frames": 2, "size": (uploads.LONGEST_SIDE // 2 + 1, 1)}]
)
def test_a_moving_picture_is_neither_long_nor_large(picture: dict) -> None:
    with pytest.raises(DomainError, match="animée est trop longue ou trop grande") as refused:
        uploads.redrawn(moving(**picture))
    assert refused.value.field == "file"
    uploads.redrawn(moving(3))


def test_a_document_weighs_twenty_megabytes_at_most() -> None:
    sent = SimpleUploadedFile("plan.pdf", b"%PDF-1.7")
    uploads.check_document(sent)
    sent.size = uploads.MOST_DOCUMENT_BYTES + 1
    with pytest.raises(DomainError, match="Ce document dépasse 20 Mo") as refused:
        uploads.check_document(sent)
    assert refused.value.field == "file"
