"""Two organisations with everything in them, and everybody who may knock at their doors."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker
from wagtail.models import GroupPagePermission, Site, sites

from certificates.domain.closing import close_sheet
from certificates.domain.links import certificate_token
from certificates.models import Certificate
from events.domain.attendance import mark
from events.domain.attendee_links import create_link
from events.domain.links import attendees_token, calendar_token, invitation_token, registration_token
from events.domain.room_code import room_token
from events.models import (
    Attendance,
    AttendeeLink,
    Registration,
    Session,
    SessionRole,
    SurveyInvitation,
    Theme,
)
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Membership, Organisation, User
from pages.domain import navigation
from pages.models import OrganisationPage
from tests import factories
from tests.access_rows import Rows, fill
from tests.access_things import Things, furnish
from trainings.models import Completion

CANARY = "Zqcanari"
RULE = {"measure": "slots", "required": None, "evaluation_required": False}


OF_A_SLOT = {
    "certificates:close_sheet",
    "events:attendance",
    "events:countersign",
    "events:mark",
    "events:paper",
    "events:projection",
    "events:room_code",
    "events:sheet_state",
    "events:sheet_sync",
    "events:walk_in",
}


@dataclass(frozen=True)
class Place:
    """One organisation; every name and address of its people holds ``mark``."""

    organisation: Organisation
    page: OrganisationPage
    coordinator: User
    trainer: User
    upcoming: Session
    past: Session
    confirmed: Registration
    trained: Registration
    completion: Completion
    certificate: Certificate
    invitation: SurveyInvitation
    things: Things
    rows: Rows

    @property
    def link(self) -> AttendeeLink:
        return AttendeeLink.objects.get(role__session=self.upcoming)

    @cached_property
    def _known(self) -> dict[str, dict[str, Any]]:
        """Made once: each question rolls back to the same rows."""
        return {
            "events:registration": {"token": registration_token(self.confirmed)},
            "events:withdraw": {"token": registration_token(self.confirmed)},
            "events:consents": {"token": registration_token(self.confirmed)},
            "events:accept_offer": {"token": registration_token(self.confirmed)},
            "events:decline_offer": {"token": registration_token(self.confirmed)},
            "events:survey": {"token": invitation_token(self.invitation)},
            "events:feed_organisation": {"slug": self.organisation.slug},
            "events:feed_activity": {"pk": self.upcoming.activity_id},
            "events:feed_personal": {"token": calendar_token(self.confirmed.user)},
            "events:embed": {"slug": self.organisation.slug},
            "api:activities:detail": {"pk": self.upcoming.activity_id},
            "api:organisations:detail": {"pk": self.organisation.pk},
            "certificates:correct_sheet": {"pk": self.certificate.registration.session.slots.get().pk},
            "certificates:assessment": {"pk": self.trained.session_id},
            "certificates:convocation": {"token": registration_token(self.trained)},
            "certificates_convocation": {"pk": self.trained.pk},
            "training_settings": {"pk": self.trained.session.activity_id},
            "training_referent": {"pk": self.completion.pk},
            "certificates:download": {"token": certificate_token(self.certificate)},
            "certificates:certificate": {"number": self.certificate.number},
            "mailbox_message": {"name": "message.log"},
            "events:here": {"token": room_token(slot=self.past.slots.get())},
            "media_image": {"name": "absente.png"},
            "registrations:add": {"pk": self.upcoming.pk},
            "events:sheet_pdf": {"pk": self.upcoming.slots.get().pk},
            "events:participants": {"token": attendees_token(self.link)},
            "events:participants_csv": {"token": attendees_token(self.link)},
            "events:participants_xlsx": {"token": attendees_token(self.link)},
            "events:participants_pdf": {"token": attendees_token(self.link)},
            "events:participants_sheets": {"token": attendees_token(self.link)},
            "certificates_issue_one": {"pk": self.confirmed.pk},
            "sign_in_sheet": {"pk": self.upcoming.slots.get().pk},
            "survey_text": {"pk": self.rows.text.pk},
            "messages:write": {"pk": self.upcoming.pk},
            "messages:resume": {"pk": self.upcoming.pk},
            "activity_settings": {"pk": self.upcoming.activity_id},
            "remove_second_factor": {"pk": self.coordinator.pk},
            "organisations:end_coordination": {"pk": Membership.objects.get(user=self.coordinator).pk},
        }

    def kwargs_of(self, name: str) -> dict[str, Any]:
        """What completes the address of the view ``name`` with this place's own things."""
        if name in self._known:
            return self._known[name]
        if name in {"import_preview", "import_confirm", "import_abandon"}:
            return {"token": "inconnu"}
        if name.startswith("themes:"):
            return {"pk": self.upcoming.activity.themes.get().pk}
        if name.startswith("organisations:"):
            return {"pk": self.organisation.pk}
        if name == "events:sign":
            return {"pk": self.past.slots.get().pk, "registration": self.past.registrations.earliest("pk").pk}
        if name in OF_A_SLOT:
            return {"pk": self.past.slots.get().pk}
        if name in {"document_wording", "document_preview"}:
            kind = {"kind": "presence"} if name == "document_preview" else {}
            return {"pk": self.organisation.pk} | kind
        if name in {"certificates_document", "certificates_pdf", "certificates_revoke"}:
            return {"pk": self.certificate.pk}
        if name in {"certificates_batch", "certificates_file"}:
            return {"pk": self.rows.batch.pk} | ({"which": "zip"} if name == "certificates_file" else {})
        rows = {
            "registrations": self.confirmed,
            "question_sets": self.rows.question_set,
            "questionnaires": self.rows.questionnaire,
            "message_rules": self.rows.rule,
            "messages": self.rows.message,
            "programmes": self.rows.programme,
        }
        return {"pk": rows.get(name.partition(":")[0], self.upcoming).pk}


@contextmanager
def two_places(blocker: DjangoDbBlocker) -> Iterator[tuple[Place, Place]]:
    """A, and B whose data holds the canary, for all tests of a module: each of them rolls back to here."""
    with blocker.unblock(), transaction.atomic():
        yield open_place("a", "Alpha"), open_place("b", CANARY)
        transaction.set_rollback(True)


@contextmanager
def found_once() -> Iterator[None]:
    """The site and its menus, the same for all: ten thousand answers ask for them anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sites, "get_site_for_hostname", cache(sites.get_site_for_hostname))
        patch.setattr(navigation, "site_navigation", cache(navigation.site_navigation))
        yield


def open_place(slug: str, people: str) -> Place:
    organisation = open_organisation(
        name=f"CPTS {slug}", short_name=slug, slug=slug, email=f"contact@{slug}.example.org", by=None
    )
    organisation.signs_on_screen = True
    organisation.save()
    activity = factories.make_activity(organisation, title=f"Café {slug}", slug=f"cafe-{slug}")
    activity.themes.set([Theme.objects.create(name=f"Thème {slug}", slug=f"theme-{slug}")])
    activity.save()
    page = OrganisationPage.objects.get(organisation=organisation)
    Site.objects.update(root_page=page.get_parent())
    Site.clear_site_root_paths_cache()
    for permission in Permission.objects.filter(
        codename__in=["add_basepage", "change_basepage", "publish_basepage"]
    ):
        GroupPagePermission.objects.create(group=organisation.group, page=page, permission=permission)
    coordinator = factories.make_user(
        email=f"coordination.{people}@example.org".lower(), first_name="Coco", last_name=f"{people}-Coord"
    )
    name_coordinator(organisation=organisation, user=coordinator, by=None)
    page.owner = coordinator
    page.save()
    page.save_revision(user=coordinator, log_action=True).publish(user=coordinator)

    upcoming = factories.make_session(activity, title=f"À venir {slug}", capacity=1)
    past = factories.make_session(activity, title=f"Passée {slug}", days=-3)
    closed = factories.make_session(activity, title=f"Close {slug}", days=-9)
    trainer = factories.make_user(email=f"anime.{people}@example.org".lower(), last_name=f"{people}-Anime")
    for session in (upcoming, past, closed):
        SessionRole.objects.create(
            session=session, role=SessionRole.Role.TRAINER, name="Une formatrice", user=trainer
        )

    create_link(role=upcoming.roles.get(), by=coordinator)

    def person(session: Session, number: int) -> Registration:
        return factories.make_registration(
            session,
            first_name=f"{people}-Prénom{number}",
            last_name=f"{people}-Nom{number}",
            email=f"{people}.{session.pk}.{number}@example.org".lower(),
            rpps=f"1000{session.pk:04}{number:03}",
        )

    confirmed = person(upcoming, 1)
    person(upcoming, 2)  # waits
    person(past, 1)
    attended = person(closed, 1)
    training = factories.make_training(organisation, title=f"Formation {slug}", slug=f"formation-{slug}")
    trained = person(factories.make_session(training.activitypage_ptr, title=f"Leader {slug}", days=-1), 1)
    SessionRole.objects.create(
        session=trained.session, role=SessionRole.Role.TRAINER, name="Une formatrice", user=trainer
    )
    slot = closed.slots.get()
    mark(slot=slot, marks={attended.pk: Attendance.State.PRESENT}, by=coordinator)
    close_sheet(slot=slot, by=coordinator)
    return Place(
        organisation=organisation,
        page=page,
        coordinator=coordinator,
        trainer=trainer,
        upcoming=upcoming,
        past=past,
        confirmed=confirmed,
        trained=trained,
        completion=Completion.objects.create(
            registration=trained, completed_at=timezone.now(), minutes=120, slots=1, rule=RULE
        ),
        certificate=Certificate.objects.get(registration=attended),
        invitation=SurveyInvitation.objects.get(registration=attended),
        things=furnish(organisation=organisation, page=page, people=people, by=coordinator),
        rows=fill(
            organisation=organisation,
            session=upcoming,
            registration=confirmed,
            people=people,
            by=coordinator,
        ),
    )


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    return client


class Visitor:
    """Signs in once, then asks each time as a browser that has just been opened."""

    def __init__(self, user: User | None) -> None:
        self.cookies = client_of(user).cookies.output(header="", sep=";")
        self.handler = Client(raise_request_exception=False).handler  # the middlewares, put together once

    def ask(self, method: str, url: str, data: dict[str, Any], *, follow: bool = False) -> Any:
        client = Client(raise_request_exception=False)
        client.handler = self.handler
        client.cookies.load(self.cookies)
        return getattr(client, method)(url, data, follow=follow)


def readable(response: Any) -> str:
    """Everything that was served, as text: workbooks unzipped, PDFs read, headers included."""
    body = b"".join(response) if response.streaming else response.content
    if response.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    kind = response.get("Content-Type", "")
    if "spreadsheetml" in kind:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    elif kind.startswith("application/pdf"):
        body = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).encode()
    return f"{dict(response.items())}\n{body.decode('utf-8', 'replace')}"
