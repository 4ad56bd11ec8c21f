"""What is refused in the room and afterwards: sheets, signatures, links, people added too late."""

import json
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.http import Http404
from django.utils import timezone

from common.errors import DomainError
from events.domain.attendance import close_sheet, correct_sheet, mark
from events.domain.attendance.countersigning import countersign
from events.domain.attendance.signing import NAME_LENGTH, check_in
from events.domain.attendee_links import GONE, create_link, renew_link, revoke_link
from events.domain.links import LinkError, invitation_token, read_invitation_token
from events.domain.registration import add_walk_in, approve, decline, promote
from events.domain.room_code import read_room_pass, read_room_token, room_pass, room_token
from events.domain.sessions import cancel_session
from events.forms.signing import MOST_SIGNS, SignatureForm
from events.models import (
    Attendance,
    AttendanceSheet,
    AttendeeLink,
    JournalEntry,
    Message,
    Registration,
    Session,
    SessionRole,
    Signature,
    Slot,
    SurveyInvitation,
)
from events.views import device
from tests.events.test_survey_rules import open_one
from tests.factories import make_admin, make_person, make_registration, make_session, make_user

pytestmark = pytest.mark.django_db
TOO_LONG = [[1, 2] * 50] * 61  # each line alone is one that a hand draws


def written() -> list[int]:
    tables = (Attendance, AttendanceSheet, AttendeeLink, JournalEntry, Message, Registration, Signature)
    return [table.objects.count() for table in tables]


def closed() -> tuple[AttendanceSheet, Registration]:
    session, by = make_session(days=-1), make_admin()
    registration, slot = make_registration(session), session.slots.get()
    mark(slot=slot, marks={registration.pk: Attendance.State.PRESENT}, by=by)
    return close_sheet(slot=slot, by=by), registration


def running() -> Slot:
    session = make_session(days=1)
    make_registration(session, email="ana@example.org")
    start = timezone.now() - timedelta(minutes=30)
    for rows in (session.slots, Session.objects.filter(pk=session.pk)):
        rows.update(starts_at=start, ends_at=start + timedelta(hours=2))
    return session.slots.get()


@pytest.mark.parametrize(
    ("status", "sentence"), [("cancelled", "Cette session est annulée"), ("draft", "pas encore publiée")]
)
def test_a_sheet_of_a_session_that_no_longer_stands_is_not_corrected(status: str, sentence: str) -> None:
    sheet, registration = closed()
    Session.objects.filter(pk=sheet.slot.session_id).update(status=Session.Status(status))
    before = written()
    with pytest.raises(DomainError, match=sentence):
        correct_sheet(
            slot=Slot.objects.get(pk=sheet.slot_id),
            marks={registration.pk: Attendance.State.ABSENT},
            reason="Deux prénoms se ressemblaient.",
            by=make_user(),
        )
    assert written() == before


def test_a_signature_of_too_many_points_is_refused_wherever_it_is_drawn() -> None:
    sheet, _registration = closed()
    leader = make_user()
    SessionRole.objects.create(
        session=sheet.slot.session, role=SessionRole.Role.TRAINER, name="Anne", user=leader
    )
    slot = running()
    before = written()
    with pytest.raises(DomainError, match="Cette signature est trop longue") as refused:
        countersign(sheet=sheet, user=leader, strokes=TOO_LONG)
    assert refused.value.field == "strokes"
    with pytest.raises(DomainError, match="Cette signature est trop longue"):
        check_in(slot=slot, email="ana@example.org", strokes=TOO_LONG)
    assert written() == before
    countersign(sheet=sheet, user=leader, strokes=TOO_LONG[:-1])
    assert Signature.objects.filter(sheet=sheet, user=leader).exists()


def test_a_name_typed_as_a_signature_is_no_longer_than_a_name() -> None:
    slot = running()
    before = written()
    for email in ("ana@example.org", "personne@example.org"):  # the same for who is not registered
        with pytest.raises(DomainError, match=f"Le nom tient en {NAME_LENGTH} signes") as refused:
            check_in(slot=slot, email=email, typed="x" * (NAME_LENGTH + 1))
        assert refused.value.field == "typed"
    assert written() == before


def test_a_drawing_too_long_to_be_one_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", lambda text: pytest.fail("read"))
    form = SignatureForm({"strokes": "[" * (MOST_SIGNS + 1)})
    assert form.errors["strokes"] == ["Cette signature est trop longue\N{NO-BREAK SPACE}: recommencez-la."]


def test_nobody_is_added_once_the_last_sheet_is_closed() -> None:
    sheet, _registration = closed()
    session = Session.objects.get(pk=sheet.slot.session_id)
    Session.objects.filter(pk=session.pk).update(completed_at=timezone.now())
    by = make_admin()
    before = written()
    with pytest.raises(DomainError, match="L’émargement de cette session est clos"):
        add_walk_in(session=session, person=make_person(), by=by)
    assert written() == before
    add_walk_in(session=session, person=make_person(), by=by, corrects=True)
    assert session.registrations.count() == 2


@pytest.mark.parametrize("status", [Session.Status.CANCELLED, Session.Status.DRAFT])
def test_nobody_walks_into_a_session_that_does_not_take_place(status: str) -> None:
    session, by = make_session(status=status), make_admin()
    before = written()
    with pytest.raises(DomainError, match="elle est annulée ou en brouillon"):
        add_walk_in(session=session, person=make_person(), by=by)
    assert written() == before


def test_nobody_is_decided_upon_once_the_session_is_cancelled() -> None:
    session = make_session(approval=True)
    registration, by = make_registration(session), make_admin()
    cancel_session(session=session, reason="Grève", by=None)
    before = written()
    for decide in (
        lambda: approve(registration=registration, by=by),
        lambda: promote(registration=registration, reason="Elle vient de loin", by=by),
    ):
        with pytest.raises(DomainError, match="elle est annulée ou en brouillon"):
            decide()
    with pytest.raises(DomainError):
        decline(registration=registration, reason="", by=by)
    assert written() == before
    registration.refresh_from_db()
    assert registration.state == Registration.State.CANCELLED


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_only_a_published_session_has_links_to_its_people(status: str) -> None:
    session, by = make_session(), make_user()
    role = SessionRole.objects.create(session=session, role=SessionRole.Role.TRAINER, name="Anne")
    link = create_link(role=role, by=by)
    other = SessionRole.objects.create(session=session, role=SessionRole.Role.TRAINER, name="Lou")
    Session.objects.filter(pk=session.pk).update(status=Session.Status(status))
    before = written()
    with pytest.raises(DomainError, match="Un lien ne s’ouvre que pour une session publiée"):
        create_link(role=other, by=by)
    with pytest.raises(DomainError, match="Un lien ne s’ouvre que pour une session publiée"):
        renew_link(link=link, by=by)
    assert written() == before
    assert AttendeeLink.objects.get().version == link.version


def test_a_link_that_went_with_its_role_is_said_to_be_gone() -> None:
    session, by = make_session(), make_user()
    role = SessionRole.objects.create(session=session, role=SessionRole.Role.TRAINER, name="Anne")
    link = AttendeeLink.objects.select_related("role").get(pk=create_link(role=role, by=by).pk)
    session.roles.all().delete()
    before = written()
    for act in (renew_link, revoke_link):
        with pytest.raises(DomainError, match=GONE):
            act(link=link, by=by)
    assert written() == before


def test_the_code_of_a_slot_that_was_removed_opens_nothing() -> None:
    slot = make_session().slots.get()
    token, leave = room_token(slot=slot), room_pass(slot=slot)
    assert read_room_token(token) == read_room_pass(leave) == slot
    slot.delete()
    for read, text in ((read_room_token, token), (read_room_pass, leave)):
        with pytest.raises(LinkError):
            read(text)


@pytest.mark.parametrize("how", ["deleted", "renewed"])
def test_the_link_of_an_invitation_that_no_longer_stands_opens_nothing(how: str) -> None:
    open_one()
    invitation = SurveyInvitation.objects.select_related("registration").first()
    assert invitation is not None
    token = invitation_token(invitation)
    assert read_invitation_token(token) == invitation
    if how == "deleted":
        SurveyInvitation.objects.filter(pk=invitation.pk).delete()
    else:
        Registration.objects.filter(pk=invitation.registration_id).update(
            link_version=invitation.registration.link_version + 1
        )
    with pytest.raises(LinkError):
        read_invitation_token(token)


def test_where_the_sheets_script_is_not_installed_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "find", lambda path: None)
    with pytest.raises(Http404):
        device._script.__wrapped__()
