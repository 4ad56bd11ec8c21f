"""What a session hands out: documents of its own organisation, shown to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail.documents.models import Document
from wagtail.log_actions import log
from wagtail.models import Collection

from common.errors import DomainError
from common.versions import raise_version
from events.domain import seats
from events.models import Session, SessionDocument
from members.models import Organisation, User

MAX_DOCUMENTS = 20


@dataclass(frozen=True)
class DocumentLine:
    """``document`` is its number; ``title`` replaces the document's own on the page."""

    document: int
    title: str = ""


def documents_of(organisation: Organisation) -> QuerySet[Document]:
    """Documents in the collections that its coordinators choose from, and below them."""
    own = Collection.objects.filter(
        group_permissions__group=organisation.group_id,
        group_permissions__permission__codename="choose_document",
    )
    below = Q(pk__in=[])
    for path in own.order_by().values_list("path", flat=True).distinct():
        below |= Q(collection__path__startswith=path)
    return Document.objects.filter(below)


def stored_documents(session: Session) -> list[DocumentLine]:
    return [DocumentLine(each.document_id, each.title) for each in session.documents.all()]


def set_documents(*, session: Session, lines: Sequence[DocumentLine], by: User | None) -> None:
    """Make ``lines`` the documents of ``session``, and log which came and went."""
    wanted = [DocumentLine(line.document, " ".join(line.title.split())) for line in lines]
    with transaction.atomic():
        locked = seats.lock(session_id=session.pk)
        before = stored_documents(locked)
        if before == wanted:
            return
        _check(wanted, before, locked.activity.organisation)
        locked.documents.all().delete()
        SessionDocument.objects.bulk_create(
            SessionDocument(session=locked, document_id=line.document, title=line.title) for line in wanted
        )
        locked.save(update_fields=raise_version(stored=locked, seen=None, by=by))
        change = {"before": _numbers(before), "after": _numbers(wanted)}
        log(instance=locked, action="escale.edit", user=by, data={"documents": change})


def _check(
    wanted: Sequence[DocumentLine], before: Sequence[DocumentLine], organisation: Organisation
) -> None:
    numbers = [line.document for line in wanted]
    if len(numbers) > MAX_DOCUMENTS:
        raise DomainError(f"{MAX_DOCUMENTS} documents au plus par session.", field="documents")
    if len(numbers) != len(set(numbers)):
        raise DomainError("Ce document est déjà joint.", field="documents")
    if any(len(line.title) > 120 for line in wanted):
        raise DomainError("Le titre affiché d’un document compte au plus 120 signes.", field="documents")
    new = set(numbers) - {line.document for line in before}
    if new and documents_of(organisation).filter(pk__in=new).count() != len(new):
        raise DomainError("Choisissez un document de votre structure.", field="documents")


def _numbers(lines: Sequence[DocumentLine]) -> list[int]:
    return [line.document for line in lines]
