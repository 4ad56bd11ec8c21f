"""Loading the demo: each step creates what is missing and leaves alone what exists."""

import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from certificates.domain.closing import close_sheet
from common.blocks import prose
from common.models import BasePage
from events.domain import attendance, message_rules
from events.domain.registration import import_registration, register
from events.domain.roles import set_roles
from events.domain.session_agenda import set_agenda
from events.domain.session_documents import DocumentLine, set_documents
from events.domain.sessions import cancel_session, save_session
from events.models import ActivityPage, Attendance, EventPage, Registration, Session
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Organisation, User
from pages.demo import people
from pages.demo.activities import ACTIVITIES, DemoActivity
from pages.demo.leaflet import leaflet
from pages.demo.organisations import CAFE_FIGURES, CAFE_SOURCE, ORGANISATIONS, DemoOrganisation
from pages.demo.sessions import DemoSession, sessions
from pages.domain.site_pages import add_page, open_organisation_page
from pages.domain.standard_pages import NAMESPACE, add_home
from pages.models import HomePage, OrganisationPage
from trainings.models import TrainingModule, TrainingPage

HOME_FIGURES = (CAFE_FIGURES[0], CAFE_FIGURES[1], CAFE_FIGURES[4])


def load_accounts() -> int:
    """The demo accounts, with their password; returns how many were created."""
    created = 0
    for email, first_name, last_name, profession, civility, _what in people.ACCOUNTS:
        if User.objects.filter(email=email).exists():
            continue
        is_admin = email == people.ADMINISTRATOR
        create = User.objects.create_superuser if is_admin else User.objects.create_user
        user = create(
            email,
            people.PASSWORD,
            first_name=first_name,
            last_name=last_name,
            profession=profession,
            civility=civility,
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        created += 1
    return created


def load_home() -> int:
    admin = administrator()
    if not add_home(by=admin):
        return 0
    home = HomePage.objects.get()
    home.figures, home.figures_source = _figures(HOME_FIGURES), CAFE_SOURCE
    home.save_revision(user=admin).publish(user=admin)
    return 1


def load_organisations() -> int:
    created = sum(_load_organisation(demo) for demo in ORGANISATIONS)
    coordinator = User.objects.get(email=people.COORDINATOR)
    if created:
        name_coordinator(
            organisation=Organisation.objects.get(slug="cpts-grand-havre"),
            user=coordinator,
            by=administrator(),
        )
    return created


def load_activities() -> int:
    return sum(_load_activity(demo) for demo in ACTIVITIES)


def load_sessions(*, tell: Callable[[str], None]) -> int:
    created = 0
    for demo in sessions():
        if not Session.objects.filter(uid=demo_key("session", demo.activity, demo.title)).exists():
            tell(demo.title)
            _load_session(demo)
            created += 1
    return created


def administrator() -> User:
    return User.objects.get(email=people.ADMINISTRATOR)


def activity(slug: str) -> ActivityPage:
    return ActivityPage.objects.select_related("organisation").get(translation_key=demo_key("activity", slug))


def _load_organisation(demo: DemoOrganisation) -> bool:
    if Organisation.objects.filter(slug=demo.slug).exists():
        return False
    admin = administrator()
    with transaction.atomic():
        organisation = open_organisation(
            name=demo.name,
            short_name=demo.short_name,
            slug=demo.slug,
            email=demo.email,
            by=admin,
            kind=demo.kind,
            city=demo.city,
            department=demo.department,
            signatory=demo.signatory,
            parent=Organisation.objects.get(slug=demo.parent) if demo.parent else None,
        )
        page = OrganisationPage(
            title=demo.name,
            slug=demo.slug,
            summary=demo.summary,
            body=prose(demo.body),
            figures=_figures(demo.figures),
            figures_source=demo.source,
        )
        open_organisation_page(organisation=organisation, page=page, by=admin)
        message_rules.add_defaults(organisation=organisation, by=admin)
    return True


def _load_activity(demo: DemoActivity) -> bool:
    key = demo_key("activity", demo.slug)
    if ActivityPage.objects.filter(translation_key=key).exists():
        return False
    parent = OrganisationPage.objects.get(organisation__slug=demo.organisation)
    page: BasePage = TrainingPage() if demo.is_training else EventPage()
    fields = {
        "translation_key": key,
        "slug": demo.slug,
        "hue": demo.hue,
        "organisation_id": parent.organisation_id,
        "title": demo.title,
        "summary": demo.summary,
        "audience": demo.audience,
        "body": [*prose(demo.body), *demo.more],
    }
    if demo.is_training:
        fields |= {
            "objectives": demo.objectives,
            "methods": demo.methods,
            "hours": Decimal(demo.hours),
            "prerequisites": demo.prerequisites,
            "trainers": demo.trainers,
            "accessibility_contact": demo.accessibility,
            "modules": [
                TrainingModule(title=title, content=content, hours=Decimal(hours), sort_order=order)
                for order, (title, content, hours) in enumerate(demo.modules)
            ],
        }
    for name, value in fields.items():
        setattr(page, name, value)
    add_page(parent=parent, page=page, by=administrator())
    return True


def _load_session(demo: DemoSession) -> None:
    """A session with its people, whole or not at all."""
    admin = administrator()
    with transaction.atomic():
        session = save_session(session=_session(demo), slots=demo.slots, by=admin)
        set_roles(session=session, roles=demo.roles, by=admin)
        set_agenda(session=session, lines=demo.agenda, by=admin)
        if demo.leaflet:
            document = leaflet(title=demo.leaflet, organisation=session.activity.organisation, by=admin)
            set_documents(session=session, lines=[DocumentLine(document.pk)], by=admin)
        persons = [people.person(demo.first + n) for n in range(demo.people)]
        if demo.with_professional:
            persons.append(people.professional())
        if session.ends_at <= timezone.now():
            hold(session, persons)
        else:
            for person in persons:
                register(session=session, person=person)
        if demo.settled:
            _settle(session, admin)
        if demo.cancelled_because:
            cancel_session(session=session, reason=demo.cancelled_because, by=admin)


def _session(demo: DemoSession) -> Session:
    opens_at = None
    if demo.opens_in_days is not None:
        opens_at = timezone.now() + timedelta(days=demo.opens_in_days)
    return Session(
        uid=demo_key("session", demo.activity, demo.title),
        activity=activity(demo.activity),
        title=demo.title,
        description=demo.description,
        status=Session.Status.PUBLISHED,
        modality=demo.modality,
        place_name=demo.place_name,
        address=demo.address,
        city=demo.city,
        department=demo.department,
        access=demo.access,
        to_bring=demo.to_bring,
        online_url=demo.online_url,
        capacity=demo.capacity,
        opens_at=opens_at,
    )


def hold(session: Session, persons: Iterable[people.Person]) -> None:
    """People of a session that is over: no rule registers to the past, so they come as imported ones do."""
    for n, person in enumerate(persons, start=1):
        import_registration(
            session=session,
            person=person,
            state=Registration.State.CONFIRMED,
            registered_at=session.starts_at - timedelta(days=20 - n),
        )
    session.registrations.update(source=Registration.Source.WEB)


def _settle(session: Session, by: User) -> None:
    """Everybody came but the second; the third was late. Closing issues the certificates."""
    states = [Attendance.State.PRESENT, Attendance.State.ABSENT, Attendance.State.LATE]
    registrations = list(session.registrations.order_by("registered_at", "pk"))
    for slot in session.slots.all():
        marks = {each.pk: states[n] if n < len(states) else states[0] for n, each in enumerate(registrations)}
        attendance.mark(slot=slot, marks=marks, by=by)
        close_sheet(slot=slot, by=by)


def _figures(figures: Iterable[tuple[str, str]]) -> list[tuple[str, dict[str, str]]]:
    return [("figure", {"value": value, "label": label}) for value, label in figures]


def demo_key(*parts: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, "/".join(parts))
