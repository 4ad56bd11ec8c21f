"""Who leads, coordinates or has an account, and is erased while somebody writes of them: nothing says so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.domain.closing import close_sheet
from common.versions import StaleError
from events.domain import attendance, roles
from events.domain.attendance.countersigning import countersign
from events.domain.attendee_links import create_link, renew_link
from events.domain.bulk_editing import edit_many
from events.domain.people import not_erased
from events.domain.roles import RoleLine, set_roles
from events.domain.session_slots import stored_times
from events.domain.sessions import edit_session
from events.models import AttendeeLink, Message, Session, SessionRole, Signature
from members.models import Membership, User
from members.receivers import know_the_address
from pages.domain.erasure import Reason, erase
from pages.domain.invitations import Invited, invite
from tests.events.test_attendance_race import elsewhere, meanwhile
from tests.factories import make_admin, make_organisation, make_registration, make_session, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today(2027, 1, 20, 12)]
NAME, ADDRESS = "Zénobie", "zenobie@example.org"
STROKES = [[0, 0, 300, 100, 500, 400]]
LEADS = SessionRole.Role.FACILITATOR
Act = Callable[[], object]


def led() -> tuple[User, Session, SessionRole]:
    """By somebody who may be erased: it is over."""
    session = make_session(days=-1)
    make_registration(session)
    user = make_user(email=ADDRESS, first_name=NAME, last_name=NAME)
    role = SessionRole.objects.create(session=session, role=LEADS, name=f"{NAME} Dupont", user=user)
    return user, session, role


def a_reminder() -> tuple[User, Act]:
    user, _session, _role = led()
    morning = timezone.make_aware(datetime.combine(timezone.localdate(), time(10)))
    return user, lambda: attendance.remind_open_sheets(now=morning)


def a_link() -> tuple[User, Act]:
    user, _session, role = led()
    admin = make_admin()
    return user, lambda: create_link(role=role, by=admin)


def a_link_again() -> tuple[User, Act]:
    user, _session, role = led()
    admin = make_admin()
    link = create_link(role=role, by=admin)
    return user, lambda: renew_link(link=link, by=admin)


def a_role() -> tuple[User, Act]:
    user, session, _role = led()
    admin = make_admin()
    lines = [RoleLine(LEADS, f"{NAME} D.", ADDRESS)]
    return user, lambda: set_roles(session=session, roles=lines, by=admin)


def a_countersignature() -> tuple[User, Act]:
    user, session, _role = led()
    sheet = close_sheet(slot=session.slots.get(), by=make_admin())
    return user, lambda: countersign(sheet=sheet, user=user, strokes=STROKES)


def an_invitation() -> tuple[User, Act]:
    user, admin = make_user(email=ADDRESS, first_name=NAME), make_admin()
    group = Group.objects.create(name="Coordination")
    organisation = make_organisation(group=group)
    return user, lambda: invite(organisation=organisation, person=Invited(ADDRESS), by=admin)


WRITERS = [a_reminder, a_link, a_link_again, a_role, a_countersignature, an_invitation]


def erased(user: User) -> None:
    erase(user=user, by=None, reason=Reason.PERSON)


def nothing_names(user: User) -> bool:
    """An account opened meanwhile for the same address is another person's."""
    stored = User.objects.get(pk=user.pk)
    assert stored.erased_at is not None
    if AttendeeLink.objects.filter(role__user=stored).exists() or Membership.objects.filter(user=stored):
        return False
    if any(each.strokes for each in Signature.objects.filter(user=stored)):
        return False
    if SessionRole.objects.filter(user=stored).exists():
        return False
    return (
        not [
            each
            for each in Message.objects.exclude(kind__in=("erased", "coordination"))
            if each.recipient == ADDRESS or NAME in f"{each.subject}{each.body}"
        ]
        and not Message.objects.filter(kind="coordination", body__contains=NAME).exists()
    )


@pytest.mark.parametrize("writer", WRITERS)
def test_who_writes_of_somebody_being_erased_says_nothing_of_them(writer: Any) -> None:
    user, act = writer()
    with meanwhile(act):
        erased(user)
    assert nothing_names(user)


@pytest.mark.parametrize("writer", [each for each in WRITERS if each is not an_invitation])
def test_who_is_erased_while_somebody_writes_of_them_is_taken_out_of_it(writer: Any) -> None:
    user, act = writer()
    with meanwhile(lambda: erased(user)):
        act()
    assert nothing_names(user)


def test_who_is_invited_to_coordinate_is_not_erased_meanwhile() -> None:
    user, act = an_invitation()
    with meanwhile(lambda: erased(user)) as other:
        act()
    assert "confiez d’abord ce rôle" in str(other[0].result())


@pytest.fixture
def gone() -> tuple[User, User]:
    """Somebody as a request had read them, and as they are now."""
    stale = make_user(email=ADDRESS, first_name=NAME, last_name=NAME)
    erased(User.objects.get(pk=stale.pk))
    return stale, User.objects.get(pk=stale.pk)


def test_a_new_password_brings_nobody_back(gone: tuple[User, User]) -> None:
    stale, now = gone
    get_adapter().set_password(stale, "un-mot-de-passe-bien-long")
    stored = User.objects.get(pk=now.pk)
    assert (stored.erased_at, stored.email, stored.first_name) == (now.erased_at, now.email, "")


def test_the_database_refuses_whoever_saves_the_name_again(gone: tuple[User, User]) -> None:
    stale, now = gone
    with pytest.raises(IntegrityError), transaction.atomic():
        stale.save()
    for change in ({"first_name": NAME}, {"email": ADDRESS}, {"rpps": "10001234567"}, {"erased_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=now.pk).update(**change)
    assert User.objects.filter(pk=now.pk).update(last_login=timezone.now()) == 1


def test_the_form_of_an_account_opened_before_brings_nobody_back(client: Client) -> None:
    user = make_user(email=ADDRESS, first_name=NAME, last_name=NAME)
    client.force_login(make_admin())
    path = reverse("wagtailusers_users:edit", args=[user.pk])
    form = client.get(path).context["form"]
    erased(user)

    answer = client.post(path, {name: form[name].value() or "" for name in form.fields}, follow=True)

    assert "ne se modifie plus" in answer.content.decode()
    assert User.objects.get(pk=user.pk).first_name == ""


def test_a_code_that_comes_back_too_late_keeps_no_address(gone: tuple[User, User]) -> None:
    stale, _now = gone
    know_the_address(user=stale, method="code", email=ADDRESS)
    assert not EmailAddress.objects.exists()


def test_a_form_of_the_session_that_still_names_them_has_to_be_opened_again() -> None:
    user, session, _role = led()
    before = Session.objects.get(pk=session.pk)
    erase(user=user, by=None, reason=Reason.PERSON)
    lines = [RoleLine(LEADS, f"{NAME} D.", ADDRESS)]
    with pytest.raises(StaleError):
        edit_session(
            session=before, slots=stored_times(before), roles=lines, seen=before.version, by=make_admin()
        )
    assert not User.objects.filter(email=ADDRESS).exists()


def test_editing_several_sessions_holds_them_all_before_the_account_of_who_leads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else it would wait in a circle with whoever holds the second one and waits for the account."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one lock")
    first = make_session()
    second = make_session(first.activity, days=30)
    user, admin = make_user(email=ADDRESS, first_name=NAME), make_admin()
    free: list[object] = []

    def is_free() -> bool:
        with transaction.atomic():
            rows = Session.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
            return rows.filter(pk=second.pk).exists()

    def held(users: set[int]) -> set[int]:
        with ThreadPoolExecutor(1) as pool:
            free.append(pool.submit(elsewhere, is_free).result())
        return not_erased(users)

    monkeypatch.setattr(roles, "not_erased", held)
    lines = {"roles": [RoleLine(LEADS, f"{NAME} D.", ADDRESS)]}
    edit_many(sessions=[second, first], changes=lines, by=admin)
    assert free == [False, False]
    assert SessionRole.objects.filter(user=user).count() == 2
