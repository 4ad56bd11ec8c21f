"""Erasing and agreeing while others register, each from a process of their own."""

import pytest
from django.db import connection

from common.errors import DomainError
from events.domain.registration import register, register_many
from events.domain.upkeep import wrong_counters
from events.models import Message, Registration
from members.models import Consent, User
from pages.domain.erasure import Reason, erase
from tests.concurrency.acts import Act, person
from tests.concurrency.crowd import all_at_once
from tests.factories import (
    make_activity,
    make_organisation,
    make_registration,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: list[Act]) -> dict[int, str]:
    return all_at_once(acts, {"NAME": connection.settings_dict["NAME"]})


@pytest.mark.parametrize("turn", range(3))
def test_somebody_erased_while_they_register_is_named_by_nothing_on_that_account(turn: int) -> None:
    activity = make_activity()
    first, second, third = [make_session(activity, days=20 + rank, capacity=4) for rank in range(3)]
    people = range(7)
    accounts = {}
    for who in people:
        accounts[who] = make_registration(first, email=person(who).email).user_id

    acts = [Act("erase", person=who) for who in people]
    acts += [Act("register", second.pk, person=who) for who in people]
    acts += [Act("register many", person=who, text=f"{third.pk} {second.pk}") for who in people]
    heard = at_once(acts)

    assert not [answer for answer in heard.values() if "Traceback" in answer], heard
    erased = User.objects.filter(pk__in=accounts.values(), erased_at__isnull=False)
    assert not Registration.objects.filter(user__in=erased).exclude(first_name="Personne").exists()
    assert not Message.objects.filter(registration__user__in=erased).exclude(recipient="").exists()
    assert {who for who in people if heard[who] == "erased"} == {
        who for who, account in accounts.items() if erased.filter(pk=account).exists()
    }
    assert wrong_counters() == []


def test_an_account_read_before_its_erasure_registers_nobody_after_it() -> None:
    session = make_session()
    other = make_session(session.activity, days=30)
    user = make_user(email=person(1).email)
    erase(user=User.objects.get(pk=user.pk), by=None, reason=Reason.PERSON)

    with pytest.raises(DomainError, match="recommencez"):
        register(session=session, person=person(1), user=user)
    with pytest.raises(DomainError, match="recommencez"):
        register_many(sessions=[session, other], person=person(1), user=user)

    assert not Registration.objects.exists()
    assert wrong_counters() == []


def test_many_clicks_on_an_agreement_leave_one_proof() -> None:
    user, organisation = make_user(), make_organisation()

    heard = at_once([Act("agree", organisation.pk, by=user.pk) for _ in range(12)])

    assert set(heard.values()) == {"agreed"}
    assert Consent.objects.filter(user=user, withdrawn_at=None).count() == 1


def test_agreeing_and_taking_it_back_at_once_never_leaves_two_in_force() -> None:
    user, organisation = make_user(), make_organisation()
    acts = [Act("agree", organisation.pk, by=user.pk, text="no" if i % 2 else "") for i in range(14)]

    heard = at_once(acts)

    assert set(heard.values()) == {"agreed"}
    assert Consent.objects.filter(user=user, withdrawn_at=None).count() <= 1
