"""What activities hold of a person, for that person.

A survey's answer is not there: nothing joins one to anybody, so nobody can find it, not even here.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Prefetch

from events.domain import answers
from events.models import Attendance, Message, Registration, SessionRole, Signature
from members.models import User

Rows = list[dict[str, Any]]


def registrations(user: User) -> Rows:
    presences = Attendance.objects.select_related("slot").order_by("slot__starts_at", "pk")
    rows = (
        Registration.objects.filter(user=user)
        .select_related("session__activity__organisation")
        .prefetch_related(
            Prefetch("attendances", presences),
            Prefetch(
                "signatures", Signature.objects.select_related("slot").order_by("slot__starts_at", "pk")
            ),
            "answers",
            "survey_invitations__survey",
        )
        .order_by("registered_at", "pk")
    )
    return [_registration(row) for row in rows]


def messages(user: User, addresses: Collection[str]) -> Rows:
    """Two questions, each with its index: both in one would read what was sent to everybody."""
    own = Message.objects.filter(registration__user=user)
    sent_to = Message.objects.filter(recipient__in=addresses)
    found = {row.pk: row for rows in (own, sent_to) for row in rows}
    return [
        {
            "ecrit_le": row.created_at,
            "envoye_le": row.sent_at,
            "etat": row.get_state_display(),
            "destinataire": row.recipient,
            "objet": row.subject,
            "texte": row.body,
            "invitation_agenda": row.calendar,
        }
        for row in sorted(found.values(), key=lambda row: (row.created_at, row.pk))
    ]


def roles(user: User) -> Rows:
    rows = SessionRole.objects.filter(user=user).select_related("session__activity__organisation")
    return [
        {
            "session": row.session.title,
            "structure": row.session.activity.organisation.name,
            "debut": row.session.starts_at,
            "role": row.get_role_display(),
            "nom_affiche": row.name,
            "qualite": row.presentation,
            "liens_d_interet": row.disclosure,
        }
        for row in rows.order_by("session__starts_at", "pk")
    ]


def countersignatures(user: User) -> Rows:
    rows = Signature.objects.filter(user=user).select_related("slot__session")
    return [
        {"session": row.slot.session.title, **_signature(row)}
        for row in rows.order_by("slot__starts_at", "pk")
    ]


def _signature(row: Signature) -> dict[str, Any]:
    return {
        "creneau": row.slot.starts_at,
        "signe_le": row.signed_at,
        "facon": row.get_way_display(),
        "trace": row.strokes,
        "empreinte": row.digest,
    }


def _registration(row: Registration) -> dict[str, Any]:
    invitations = row.survey_invitations.all()
    return {
        "session": row.session.title,
        "dispositif": row.session.activity.title,
        "structure": row.session.activity.organisation.name,
        "debut": row.session.starts_at,
        "fin": row.session.ends_at,
        "etat": row.get_state_display(),
        "origine": row.get_source_display(),
        "inscription_le": row.registered_at,
        "dernier_changement": row.state_changed_at,
        "a_attendu": row.waited,
        "place_proposee_jusqu_au": row.offered_until,
        "prenom": row.first_name,
        "nom": row.last_name,
        "adresse_email": row.email,
        "profession": row.get_profession_display(),
        "civilite": row.get_civility_display(),
        "rpps": row.rpps,
        "adherent": row.is_member,
        "reponses": [
            {"question": each.label, "reponse": answers.in_words(each)} for each in row.answers.all()
        ],
        "presences": [
            {
                "creneau": each.slot.starts_at,
                "presence": each.get_state_display(),
                "minutes": each.minutes,
                "note_le": each.marked_at,
            }
            for each in row.attendances.all()
        ],
        "signatures": [_signature(each) for each in row.signatures.all()],
        "avis_demandes": len(invitations),
        # Once a survey is opened, it is forgotten who had answered.
        "avis_donnes": sum(each.answered for each in invitations if each.survey.unsealed_at is None),
    }
