"""What people are told of their documents: a mail for what is new, one for what no longer holds."""

from collections.abc import Sequence

from django.template.loader import render_to_string

from certificates.domain.links import download_url, verification_url
from certificates.models import Certificate
from events.domain import layout
from events.domain.outbox import draft, queue_many
from events.models import Message

ISSUED, REVOKED = "certificate", "certificate_revoked"


def tell_issued(certificates: Sequence[Certificate]) -> None:
    """One mail to each person, with the way to each of their documents; the same ones are sent once."""
    of_person: dict[int, list[Certificate]] = {}
    for each in certificates:
        of_person.setdefault(each.registration_id, []).append(each)
    queue_many([_message(ISSUED, some) for some in of_person.values() if _can_be_told(some[0])])


def tell_revoked(certificates: Sequence[Certificate]) -> None:
    queue_many([_message(REVOKED, [each]) for each in certificates if _can_be_told(each)])


def _can_be_told(certificate: Certificate) -> bool:
    return certificate.registration.user.erased_at is None


def _message(kind: str, certificates: Sequence[Certificate]) -> Message:
    first = certificates[0]
    registration, session = first.registration, first.registration.session
    documents = [
        {
            "name": each.get_kind_display(),
            "url": download_url(each) if kind == ISSUED else verification_url(each),
            "is_corrected": each.replaces_id is not None,
        }
        for each in certificates
    ]
    text = render_to_string(
        f"certificates/mail/{kind}.txt",
        {
            "registration": registration,
            "organisation": session.activity.organisation,
            "title": layout.title(session),
            "documents": documents,
            "is_corrected": any(each["is_corrected"] for each in documents),
            "reason": first.revocation_reason,
        },
    )
    many = len(documents) > 1
    subject = {
        ISSUED: "Vos documents" if many else f"Votre {first.get_kind_display().lower()}",
        REVOKED: "Un document n’est plus valable",
    }[kind]
    return draft(
        key=f"{kind}:{registration.pk}:{'-'.join(str(each.pk) for each in certificates)}",
        kind=kind,
        recipient=registration.email,
        subject=f"{subject} : {session.activity.title}",
        body=layout.wrap(text),
        organisation=session.activity.organisation,
        registration=registration,
    )
