"""What may *this* user see: every view of the app fetches through here."""

from datetime import date
from functools import cache

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.permissions import policy_registry

from common.visibility import open_to_all
from events.models import (
    ActivityPage,
    AttendeeLink,
    JournalEntry,
    Message,
    MessageRule,
    Programme,
    Questionnaire,
    QuestionSet,
    Registration,
    Session,
    SessionRole,
    Slot,
    SurveyText,
)
from events.models.message import SURVEY_KINDS
from events.models.session import SessionQuerySet
from members.access import coordinated_organisations, coordinations
from members.models import User

Actor = User | AnonymousUser

# Roles whose holder, signed in, works with the session's people.
LEADING = (SessionRole.Role.FACILITATOR, SessionRole.Role.TRAINER)


def public_sessions() -> SessionQuerySet:
    """What anybody may open: sessions that were published, cancelled ones included.

    Nothing of an activity that asks for a password or an account, or stands below a page that does.
    """
    return _public_sessions().all()


def published_sessions() -> SessionQuerySet:
    """What lists show to anybody."""
    return public_sessions().filter(status=Session.Status.PUBLISHED)


def published_of(activity_id: int) -> SessionQuerySet:
    """What lists show of an activity to somebody who may open one session of it: they are as open as that."""
    return Session.objects.filter(activity=activity_id, status=Session.Status.PUBLISHED)


def coordinated_activities(user: Actor) -> QuerySet[ActivityPage]:
    return ActivityPage.objects.filter(_own(user, "organisation"))


def coordinated_sessions(user: Actor) -> SessionQuerySet:
    return Session.objects.filter(_own(user, "activity__organisation")).select_related(
        "activity__organisation"
    )


def coordinated_journal(user: Actor) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(_own_by_number(user))


def sessions_to_move_to(user: Actor, session: Session) -> SessionQuerySet:
    """Where somebody of ``session`` may be moved: what its organisation has published and not begun."""
    return (
        coordinated_sessions(user)
        .filter(
            activity__organisation=session.activity.organisation_id,
            status=Session.Status.PUBLISHED,
            starts_at__gt=timezone.now(),
        )
        .exclude(pk=session.pk)
        .order_by("starts_at", "pk")
    )


def led_sessions(user: Actor) -> SessionQuerySet:
    """Sessions that the signed-in facilitator or trainer leads; a role taken away takes them away."""
    if not user.is_authenticated or not user.is_active:
        return Session.objects.none()
    return (
        Session.objects.filter(pk__in=_led(user))
        .exclude(status=Session.Status.DRAFT)
        .select_related("activity__organisation")
    )


def attendance_sessions(user: Actor) -> SessionQuerySet:
    """Sessions whose attendance ``user`` may take: those they lead or coordinate."""
    return (
        Session.objects.filter(_takes_attendance(user))
        .exclude(status=Session.Status.DRAFT)
        .select_related("activity__organisation")
    )


def attendance_slots(user: Actor) -> QuerySet[Slot]:
    """The slots of ``attendance_sessions``, asked of each slot: one is looked for, among ten thousand."""
    return (
        Slot.objects.filter(_takes_attendance(user, of="session"))
        .exclude(session__status=Session.Status.DRAFT)
        .select_related("session__activity__organisation")
    )


def live_attendee_links() -> QuerySet[AttendeeLink]:
    """Links whose holder may see a session's people: until they expire, are revoked, or the role ends."""
    nobody_or_active = Q(role__user=None) | Q(role__user__is_active=True, role__user__erased_at=None)
    return AttendeeLink.objects.filter(
        nobody_or_active,
        revoked_at=None,
        expires_at__gt=timezone.now(),
        role__role__in=LEADING,
        role__session__status=Session.Status.PUBLISHED,
    ).select_related("role__user", "role__session__activity__organisation")


def own_registrations(user: Actor) -> QuerySet[Registration]:
    if not user.is_authenticated:
        return Registration.objects.none()
    return Registration.objects.filter(user=user).select_related("session__activity__organisation")


def coordinated_registrations(user: Actor) -> QuerySet[Registration]:
    return Registration.objects.filter(_own(user, "session__activity__organisation")).select_related(
        "session__activity"
    )


def coordinated_slots(user: Actor) -> QuerySet[Slot]:
    return Slot.objects.filter(session__in=coordinated_sessions(user)).select_related(
        "session__activity__organisation"
    )


def coordinated_question_sets(user: Actor) -> QuerySet[QuestionSet]:
    return QuestionSet.objects.filter(organisation__in=coordinated_organisations(user)).select_related(
        "organisation"
    )


def coordinated_questionnaires(user: Actor) -> QuerySet[Questionnaire]:
    return Questionnaire.objects.filter(organisation__in=coordinated_organisations(user)).select_related(
        "organisation"
    )


def coordinated_programmes(user: Actor) -> QuerySet[Programme]:
    return Programme.objects.filter(organisation__in=coordinated_organisations(user)).select_related(
        "organisation"
    )


def coordinated_message_rules(user: Actor) -> QuerySet[MessageRule]:
    return MessageRule.objects.filter(organisation__in=coordinated_organisations(user)).select_related(
        "organisation", "activity", "adjusts__organisation"
    )


def held_messages(user: Actor) -> QuerySet[Message]:
    """What a restoration held and ``user`` may send or put aside: all of it, one by one or not."""
    return Message.objects.filter(_own_by_number(user))  # an administrator’s: mails of accounts too


def coordinated_messages(user: Actor) -> QuerySet[Message]:
    """What left or will leave in the name of an organisation; mails of accounts are nobody's.

    Nor are those about surveys: who is reminded has not answered.
    """
    return (
        Message.objects.filter(_own_by_number(user), organisation__isnull=False)
        .exclude(kind__startswith=SURVEY_KINDS)
        .select_related("organisation", "registration", "session", "rule")
    )


def coordinated_texts(user: Actor) -> QuerySet[SurveyText]:
    """What people wrote of one's own sessions; figures are ``events.domain.results``'s."""
    return SurveyText.objects.filter(
        survey__session__activity__organisation__in=coordinated_organisations(user)
    ).select_related("survey__session__activity")


def choosable_documents(user: Actor) -> QuerySet[Document]:
    """What Wagtail's own chooser would offer."""
    policy = policy_registry.get_by_type(Document)
    return policy.instances_user_has_any_permission_for(user, ["choose"])


def _own(user: Actor, organisation: str) -> Q:
    """An administrator sees all: without a condition, the index that has the order of a list serves it."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return Q()
    return Q(**{f"{organisation}__in": coordinated_organisations(user)})


def _own_by_number(user: Actor) -> Q:
    """Numbers and not a subquery: the index by organisation and time serves the latest ones at once."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return Q()
    return Q(organisation_id__in=list(coordinated_organisations(user).values_list("pk", flat=True)))


def _takes_attendance(user: Actor, *, of: str = "") -> Q:
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=[])  # nothing, and nothing is asked
    return Q() if user.is_superuser else works_with(user.pk, on=timezone.localdate(), of=of)


def works_with(user: int, *, on: date, of: str = "") -> Q:
    """Sessions that ``user`` leads or coordinates; ``of`` goes from the rows in question to their session."""
    session, activity = (of, f"{of}__activity") if of else ("pk", "activity")
    led = SessionRole.objects.filter(session=OuterRef(session), user=user, role__in=LEADING)
    coordinated = coordinations(on=on).filter(user=user, organisation__activities=OuterRef(activity))
    return Q(Exists(led)) | Q(Exists(coordinated))


def _led(user: User) -> QuerySet[SessionRole, int]:
    return SessionRole.objects.filter(user=user, role__in=LEADING).values_list("session", flat=True)


@cache
def _public_sessions() -> SessionQuerySet:
    """Written once: nothing is asked by writing it, and it takes longer than to be answered.

    Without the few activities that are hidden: named by those that are shown, nearly all of them, databases
    would go through these and read each of their sessions.
    """
    pages = ActivityPage.objects.order_by()
    hidden = pages.exclude(pk__in=open_to_all(pages).values("pk"))
    return (
        Session.objects.filter(status__in=(Session.Status.PUBLISHED, Session.Status.CANCELLED))
        .exclude(activity__in=hidden.values("pk"))
        .select_related("activity__organisation")
    )
