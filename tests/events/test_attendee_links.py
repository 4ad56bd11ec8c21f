"""The list of a session's people by a link: while it lives, of one session, and on the record."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from common.errors import DomainError
from events.domain.attendee_links import create_link, lines, renew_link, revoke_link
from events.domain.erasure import erase_person
from events.domain.links import attendees_token, attendees_url, registration_token, without_tokens
from events.domain.outbox import still_applies
from events.domain.roles import RoleLine, set_roles
from events.domain.sessions import cancel_session
from events.models import AttendeeLink, JournalEntry, Message, Session, SessionRole
from events.views.participants import OPENINGS
from members.models import User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

Role = SessionRole.Role
FILES = ["participants_csv", "participants_xlsx", "participants_pdf", "participants_sheets"]
PAGES = ["participants", *FILES]


@pytest.fixture
def session() -> Session:
    made = factories.make_session(title="Sophrologie et Cie")
    factories.make_registration(
        made, first_name="Zoé", last_name="Durand", email="zoe@example.org", rpps="10001234567"
    )
    return made


def coordinator_of(session: Session) -> User:
    user = factories.make_coordinator(session.activity.organisation)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user


@pytest.fixture
def coordinator(session: Session) -> User:
    return coordinator_of(session)


def role_of(session: Session, *, user: User | None = None, role: str = Role.TRAINER) -> SessionRole:
    return SessionRole.objects.create(session=session, role=role, name="Une formatrice", user=user)


@pytest.fixture
def link(session: Session, coordinator: User) -> AttendeeLink:
    return create_link(role=role_of(session), by=coordinator)


def url(link: AttendeeLink, name: str = "participants") -> str:
    return reverse(f"events:{name}", args=[attendees_token(link)])


def read(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def opens(link: AttendeeLink) -> bool:
    """Whether each of its addresses does; they all must agree."""
    answers = [Client().get(url(link, name)) for name in PAGES]
    for each in answers:
        assert (b"Durand" in read(each)) <= (each.status_code == 200)
    assert len({each.status_code for each in answers}) == 1
    return {200: True, 404: False}[answers[0].status_code]


def test_the_link_shows_names_and_professions_and_nothing_more(link: AttendeeLink, session: Session) -> None:
    gone = factories.make_registration(session, last_name="Refusée")
    type(gone).objects.filter(pk=gone.pk).update(state="declined")
    response = Client().get(url(link))
    page = response.text
    assert "Durand" in page
    assert "Infirmier·ère" in page
    for secret in ("zoe@example.org", "10001234567", "Refusée", "Présence"):
        assert secret not in page
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", FILES)
def test_each_file_holds_the_people_and_no_address(link: AttendeeLink, name: str) -> None:
    response = Client().get(url(link, name))
    body = read(response)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert b"zoe@example.org" not in body
    if body.startswith(b"%PDF"):
        assert "Durand" in PdfReader(io.BytesIO(body)).pages[0].extract_text()


def test_each_opening_and_each_file_is_in_the_journal_without_a_name(
    link: AttendeeLink, session: Session
) -> None:
    for name in PAGES:
        read(Client().get(url(link, name)))
    entries = list(JournalEntry.objects.filter(session_id=session.pk).order_by("pk"))[-5:]
    assert [each.action for each in entries] == ["escale.open_list", *["escale.export"] * 4]
    assert [each.data.get("file_type") for each in entries] == [None, "csv", "xlsx", "pdf", "pdf"]
    for each in entries:
        assert each.user_id is None
        assert (each.data["link"], each.data["rows"]) == (link.pk, 1)
        assert "Durand" not in str(each.data)
        assert "formatrice" not in str(each.data)


def test_a_link_dies_when_it_is_revoked(link: AttendeeLink, coordinator: User) -> None:
    assert opens(link)
    revoke_link(link=link, by=coordinator)
    assert not opens(link)


def test_a_link_dies_when_it_expires(link: AttendeeLink) -> None:
    assert link.expires_at == link.role.session.ends_at + timedelta(days=7)
    AttendeeLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not opens(link)


def test_a_link_dies_when_the_session_is_cancelled(link: AttendeeLink, coordinator: User) -> None:
    cancel_session(session=link.role.session, reason="Salle indisponible", by=coordinator)
    assert not opens(link)


def test_a_link_dies_with_the_role(link: AttendeeLink, session: Session, coordinator: User) -> None:
    set_roles(session=session, roles=[RoleLine(Role.TRAINER, "Quelqu’un d’autre")], by=coordinator)
    assert not opens(link)
    assert not AttendeeLink.objects.exists()


def test_a_link_dies_when_its_holder_only_speaks(
    link: AttendeeLink, session: Session, coordinator: User
) -> None:
    set_roles(session=session, roles=[RoleLine(Role.SPEAKER, "Une formatrice")], by=coordinator)
    assert not opens(link)


def test_a_link_of_a_role_that_leads_nothing_opens_nothing(link: AttendeeLink) -> None:
    SessionRole.objects.filter(pk=link.role_id).update(role=Role.MODERATOR)
    assert not opens(link)


def test_a_link_dies_with_the_account_of_its_holder(session: Session, coordinator: User) -> None:
    user = factories.make_user()
    link = create_link(role=role_of(session, user=user), by=coordinator)
    assert opens(link)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not opens(link)


def test_a_link_goes_when_its_holder_is_erased(session: Session, coordinator: User) -> None:
    user = factories.make_user()
    link = create_link(role=role_of(session, user=user), by=coordinator)
    erase_person(user=user, addresses=[user.email])
    assert not opens(link)
    assert not AttendeeLink.objects.exists()


def test_who_stays_keeps_the_link_when_roles_are_saved_anew(
    link: AttendeeLink, session: Session, coordinator: User
) -> None:
    roles = [RoleLine(Role.FACILITATOR, "Une nouvelle"), RoleLine(Role.TRAINER, "Une formatrice")]
    set_roles(session=session, roles=roles, by=coordinator)
    assert opens(link)
    assert AttendeeLink.objects.get().role == session.roles.get(name="Une formatrice")


def test_the_same_name_with_another_account_is_somebody_else(session: Session, coordinator: User) -> None:
    leaves, comes = factories.make_user(), factories.make_user()
    link = create_link(role=role_of(session, user=leaves), by=coordinator)
    set_roles(session=session, roles=[RoleLine(Role.TRAINER, "Une formatrice", comes.email)], by=coordinator)
    assert not opens(link)


def test_a_renewed_link_has_another_address(link: AttendeeLink, coordinator: User) -> None:
    old = url(link)
    renewed = renew_link(link=link, by=coordinator)
    assert Client().get(old).status_code == 404
    assert opens(renewed)


def test_a_revoked_link_is_not_renewed(link: AttendeeLink, coordinator: User) -> None:
    revoke_link(link=link, by=coordinator)
    with pytest.raises(DomainError, match="révoqué"):
        renew_link(link=link, by=coordinator)


def test_one_link_at_a_time(link: AttendeeLink, coordinator: User) -> None:
    with pytest.raises(DomainError, match="déjà un lien"):
        create_link(role=link.role, by=coordinator)


def test_who_only_speaks_has_no_link(session: Session, coordinator: User) -> None:
    with pytest.raises(DomainError):
        create_link(role=role_of(session, role=Role.SPEAKER), by=coordinator)
    assert lines(session=session, roles=session.roles.all()) == []


@pytest.mark.parametrize("token", ["x", "1.1", "1.1." + "A" * 43, '"', "%00", "9" * 30, "..", "2026-02-30"])
def test_an_address_that_nobody_made_opens_nothing(link: AttendeeLink, token: str) -> None:
    assert Client().get(f"/participants/{token}/").status_code == 404


def test_another_kind_of_link_opens_nothing_here(link: AttendeeLink, session: Session) -> None:
    token = registration_token(session.registrations.get())
    assert Client().get(f"/participants/{token}/").status_code == 404


def test_opening_without_end_is_slowed(link: AttendeeLink) -> None:
    client = Client()
    assert [client.get("/participants/x/").status_code for _ in range(OPENINGS)] == [404] * OPENINGS
    assert client.get(url(link)).status_code == 429


def test_only_a_role_with_an_account_is_written_to(session: Session, coordinator: User) -> None:
    create_link(role=role_of(session), by=coordinator)
    assert not Message.objects.filter(kind="attendee_link").exists()
    user = factories.make_user(first_name="Nadia")
    link = create_link(role=role_of(session, user=user), by=coordinator)
    message = Message.objects.get(kind="attendee_link")
    assert message.recipient == user.email
    assert attendees_url(link) in message.body
    assert attendees_token(link) not in without_tokens(message.body)
    assert "Durand" not in message.body


def test_a_mail_whose_link_opens_nothing_does_not_leave(session: Session, coordinator: User) -> None:
    link = create_link(role=role_of(session, user=factories.make_user()), by=coordinator)
    first = Message.objects.get(kind="attendee_link")
    assert still_applies(first, now=timezone.now())
    renewed = renew_link(link=link, by=coordinator)
    second = Message.objects.exclude(pk=first.pk).get(kind="attendee_link")
    assert [still_applies(each, now=timezone.now()) for each in (first, second)] == [False, True]
    revoke_link(link=renewed, by=coordinator)
    assert not still_applies(second, now=timezone.now())


def test_the_coordination_makes_renews_and_revokes_from_the_sessions_page(
    session: Session, coordinator: User
) -> None:
    role = role_of(session)
    client = Client()
    client.force_login(coordinator)
    page, act = (reverse(f"sessions:{name}", args=[session.pk]) for name in ("inspect", "links"))
    assert "Créer un lien" in client.get(page).text
    assert "copiez-le" in client.post(act, {"creer": role.pk}, follow=True).text
    link = AttendeeLink.objects.get()
    assert attendees_url(link) in client.get(page).text
    client.post(act, {"renouveler": link.pk})
    link.refresh_from_db()
    assert link.version == 2
    client.post(act, {"revoquer": link.pk})
    assert not opens(link)
    assert "Créer un lien" in client.get(page).text


@pytest.mark.parametrize("what", ["creer", "renouveler", "revoquer"])
def test_another_coordination_cannot_touch_a_link(link: AttendeeLink, session: Session, what: str) -> None:
    other = factories.make_session()
    client = Client()
    client.force_login(coordinator_of(other))
    target = link.role_id if what == "creer" else link.pk
    for pk in (session.pk, other.pk):
        assert client.post(reverse("sessions:links", args=[pk]), {what: target}).status_code == 404
    link.refresh_from_db()
    assert (link.version, link.revoked_at) == (1, None)


@pytest.mark.parametrize("value", ['"', "\0", "9" * 20, "2026-02-30", "../", "", "-1"])
def test_any_value_posted_answers_with_a_page(session: Session, coordinator: User, value: str) -> None:
    client = Client()
    client.force_login(coordinator)
    for what in ("creer", "renouveler", "revoquer"):
        assert client.post(reverse("sessions:links", args=[session.pk]), {what: value}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_behind_a_link_costs_the_same_for_one_and_for_three(
    link: AttendeeLink, session: Session, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number - 1):
        factories.make_registration(session)
    Client().get(url(link))
    with django_assert_num_queries(6):
        Client().get(url(link))
