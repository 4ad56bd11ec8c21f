"""A document that a session of the demo hands out: one page of text, made on the spot."""

from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.models import GroupCollectionPermission

from common.pdf import write_pdf
from members.models import Organisation, User

LINES = (
    "Trois moments pour souffler, sans rien changer à votre journée.",
    "Avant d’ouvrir la porte : une inspiration par le nez, une expiration longue par la bouche.",
    "Entre deux patients : les épaules descendent, le regard va loin, trois souffles lents.",
    "Le soir, avant de rentrer : cinq minutes à l’arrêt, un souffle toutes les dix secondes.",
)


def leaflet(*, title: str, organisation: Organisation, by: User) -> Document:
    """In the files of ``organisation``, so that its coordinators find it."""
    content = write_pdf(
        template="pdf/leaflet.html",
        style="pdf/leaflet.css",
        context={"title": title, "lines": LINES, "organisation": organisation},
        identifier=title,
    )
    own = GroupCollectionPermission.objects.filter(group=organisation.group).select_related("collection")
    document = Document(title=title, collection=own.order_by("pk")[0].collection, uploaded_by_user=by)
    document.file = ContentFile(content, name="trois-respirations.pdf")
    document.file_size = len(content)
    document.save()
    return document
