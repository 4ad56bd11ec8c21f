"""A copy of everything the site holds of one person, complete and readable by a machine.

``EXPORTED`` and ``NOT_EXPORTED`` name every link from our data to a person or a registration; a test
fails when a new one is in neither.
"""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from certificates.domain import own_data as certificates
from events.domain import own_data as events
from members.domain import own_data as members
from members.domain.erasure import addresses
from members.models import User
from trainings.domain import own_data as trainings

EXPORTED = frozenset(
    {
        "account.EmailAddress.user",
        "certificates.Certificate.registration",
        "events.Answer.registration",
        "events.Attendance.registration",
        "events.Message.registration",
        "events.Registration.user",
        "events.SessionRole.user",
        "events.Signature.registration",
        "events.Signature.user",
        "events.SurveyInvitation.registration",
        "members.Consent.user",
        "members.Membership.user",
        "mfa.Authenticator.user",
        "socialaccount.SocialAccount.user",
        "trainings.Assessment.registration",
        "trainings.Completion.registration",
    }
)
WORK = "trace d’un travail fait pour une structure : ce qu’elle en garde n’est pas au sujet de la personne"
EDITING = "qui écrit une page en ce moment, oublié aussitôt après"
NOT_EXPORTED = {
    "certificates.Certificate.issued_by": WORK,
    "certificates.Certificate.revoked_by": WORK,
    "certificates.DocumentSettings.edited_by": WORK,
    "certificates.DocumentTemplate.edited_by": WORK,
    "certificates.IssueBatch.created_by": WORK,
    "common.BasePage.locked_by": WORK,
    "common.BasePage.owner": WORK,
    "events.ActivitySettings.edited_by": WORK,
    "events.AttendeeLink.created_by": WORK,
    "events.MessageRule.edited_by": WORK,
    "events.Programme.edited_by": WORK,
    "events.QuestionSet.edited_by": WORK,
    "events.Questionnaire.edited_by": WORK,
    "events.Session.edited_by": WORK,
    "members.Organisation.edited_by": WORK,
    "trainings.Assessment.assessed_by": WORK,
    "trainings.TrainingSettings.edited_by": WORK,
    "wagtailadmin.FormState.user": EDITING,
    "wagtailcore.APIToken.user": "clé secrète d’un programme, que la personne a déjà",
    "events.Attendance.marked_by": WORK,
    "events.AttendanceSheet.closed_by": WORK,
    "events.JournalEntry.user": WORK,
    "events.Mailing.by": WORK,
    "wagtailcore.ModelLogEntry.user": WORK,
    "wagtailcore.PageLogEntry.user": WORK,
    "wagtailcore.Revision.user": WORK,
    "wagtailcore.TaskState.finished_by": WORK,
    "wagtailcore.WorkflowState.requested_by": WORK,
    "wagtailcore.Comment.user": WORK,
    "wagtailcore.Comment.resolved_by": WORK,
    "wagtailcore.CommentReply.user": WORK,
    "wagtailcore.PageSubscription.user": WORK,
    "wagtailcore.UploadedFile.uploaded_by_user": WORK,
    "wagtaildocs.Document.uploaded_by_user": WORK,
    "wagtailimages.Image.uploaded_by_user": WORK,
    "wagtailadmin.EditingSession.user": EDITING,
    "wagtailusers.UserProfile.user": "réglages d’affichage de l’administration",
}


def own_data(*, user: User) -> dict[str, Any]:
    known = addresses(user)
    return {
        "site": "Escale",
        "copie_faite_le": timezone.now(),
        "compte": members.account(user),
        "adresses": members.addresses(user),
        "moyens_de_connexion": members.ways_in(user),
        "adhesions": members.memberships(user),
        "accords": members.consents(user),
        "inscriptions": events.registrations(user),
        "animation": events.roles(user),
        "contresignatures": events.countersignatures(user),
        "formations": trainings.trainings(user),
        "attestations": certificates.certificates(user),
        "messages": events.messages(user, known),
        "avis": "Vos avis sont anonymes : rien ne permet de retrouver le vôtre, il n’est donc pas ici.",
    }


def as_json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()
