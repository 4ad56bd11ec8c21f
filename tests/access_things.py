"""What an organisation keeps in Wagtail: a draft, an image, a document, their collection."""

import io
from dataclasses import dataclass

import PIL.Image
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, Revision, UploadedFile

from events.models import EventPage
from members.models import Organisation, User
from pages.models import OrganisationPage


def _pixel() -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (1, 1)).save(file, "PNG")
    return file.getvalue()


PIXEL = _pixel()


@dataclass(frozen=True)
class Things:
    draft: EventPage
    revision: Revision
    image: Image
    document: Document
    uploaded: UploadedFile
    collection: Collection


def furnish(*, organisation: Organisation, page: OrganisationPage, people: str, by: User) -> Things:
    """One of each for the organisation; every title holds ``people``."""
    draft = page.add_child(
        instance=EventPage(
            title=f"{people} brouillon",
            slug=f"{people}-brouillon".lower(),
            summary=f"{people} résumé",
            organisation=organisation,
            live=False,
            owner=by,
        )
    )
    draft.title = f"{people} second brouillon"
    revision = draft.save_revision(user=by, log_action=True)
    # A live page that says something else in its draft.
    page.title = f"{people} page à venir"
    page.save_revision(user=by, log_action=True)
    page.refresh_from_db()
    collection = GroupCollectionPermission.objects.filter(group=organisation.group)[0].collection
    collection.name = f"{people} collection"
    collection.save()
    file = ContentFile(PIXEL, name=f"{people}-image.png")
    image = Image.objects.create(
        title=f"{people} image", file=file, width=1, height=1, collection=collection, uploaded_by_user=by
    )
    document = Document.objects.create(
        title=f"{people} document",
        file=ContentFile(f"{people} texte".encode(), name=f"{people}-document.csv"),
        collection=collection,
        uploaded_by_user=by,
    )
    uploaded = UploadedFile.objects.create(
        for_content_type=ContentType.objects.get_for_model(Image),
        file=SimpleUploadedFile(f"{people}-envoi.png", PIXEL),
        uploaded_by_user=by,
    )
    return Things(draft, revision, image, document, uploaded, collection)
