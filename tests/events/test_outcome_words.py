"""What the page after a form says to do next is true of each outcome, in the order in which it happens."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from common.templatetags.escale import day_short
from events.domain.admission import non_members_from
from events.domain.links import registration_token
from events.models import ActivitySettings, Message, Registration, Session
from tests.factories import make_activity, make_registration, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
TYPED = {"first_name": "Zoé", "last_name": "Roux", "email": "zoe@example.org", "profession": "60"}
INVITATION = "l’invitation pour votre agenda"


def steps(session: Session, client: Client | None = None) -> list[str]:
    client = client or Client()
    page = client.post(f"/sessions/{session.pk}/inscription/", TYPED, follow=True).text
    return listed(page)


def listed(page: str) -> list[str]:
    found = re.search(r'<ol class="next-steps">(.*?)</ol>', page, re.DOTALL)
    assert found
    items = re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL)
    return [strip_tags(item).replace("\N{NO-BREAK SPACE}", " ") for item in items]


def full(**fields: Any) -> Session:
    session = make_session(capacity=1, **fields)
    make_registration(session)
    return session


def test_a_place_comes_with_its_invitation() -> None:
    mail, link = steps(make_session())
    assert mail == f"Un e-mail part à zoe@example.org, avec {INVITATION} et un lien personnel."
    assert link.startswith("Ce lien montre votre inscription et permet de vous désister")
    assert Message.objects.get().calendar


def test_who_waits_gets_a_link_then_waits_and_the_invitation_comes_with_the_place() -> None:
    mail, link, wait = steps(full())
    assert mail == "Un e-mail part à zoe@example.org, avec un lien personnel."
    assert link == "Ce lien montre votre rang et permet de quitter la liste, jusqu’au début de la session."
    assert wait.startswith("Gardez la date libre")
    assert INVITATION in wait
    assert "vous n’avez rien à faire" in wait


def test_who_may_be_offered_a_place_reads_that_they_will_have_to_answer() -> None:
    _mail, _link, wait = steps(full(promotion=Session.Promotion.OFFER))
    assert "jusqu’à quand répondre" in wait
    assert "rien à faire" not in wait


@pytest.mark.parametrize(("promotion", "nothing_to_do"), [("automatic", True), ("offer", False)])
def test_the_personal_page_of_who_waits_says_the_same(promotion: str, nothing_to_do: bool) -> None:
    session = full(promotion=promotion)
    waiting = make_registration(session)  # no seat is left
    page = Client().get(f"/inscriptions/{registration_token(waiting)}/").text
    assert ("vous n’avez rien à faire" in page) is nothing_to_do
    assert ("jusqu’à quand répondre" in page) is not nothing_to_do
    assert "Le rendez-vous" not in page, "nobody is expected yet"


@pytest.mark.parametrize("waiting_list", [True, False])
def test_a_request_promises_no_place(waiting_list: bool) -> None:
    mail, link, answer = steps(make_session(approval=True, waiting_list=waiting_list))
    assert INVITATION not in mail
    assert "permet de la retirer" in link
    assert ("votre rang sur la liste d’attente" in answer) is waiting_list
    assert "Sinon, un e-mail vous le dit aussi." in answer


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({}, "votre inscription"),
        ({"capacity": 1}, "votre rang"),
        ({"approval": True}, "votre demande"),
    ],
)
def test_a_second_form_announces_no_second_invitation(fields: Any, link: str) -> None:
    session, client = make_session(**fields), Client()
    if "capacity" in fields:
        make_registration(session)
    steps(session, client)
    again = steps(session, client)
    assert again[0].startswith("Rien n’a changé : un e-mail le rappelle à zoe@example.org")
    assert link in again[1]
    assert INVITATION not in again[0]
    assert not Message.objects.get(kind="already_registered").calendar


def test_who_is_offered_a_place_reads_that_the_link_takes_it_or_leaves_it() -> None:
    session, client = make_session(), Client()
    steps(session, client)
    Registration.objects.update(state=Registration.State.OFFERED)
    _mail, link = steps(session, client)
    assert link == "Par ce lien, vous prenez la place ou vous la laissez à la personne suivante."


def test_under_a_season_limit_nothing_is_promised_before_the_mail() -> None:
    activity = make_activity()
    ActivitySettings.objects.create(activity=activity, season_limit=1)
    mail, *_others = steps(make_session(activity))
    assert "il dit si votre inscription est prise" in mail
    assert INVITATION not in mail


@pytest.mark.parametrize(
    ("capacities", "held", "said"),
    [
        ((9, 9), False, "chacun avec l’invitation pour votre agenda et un lien personnel."),
        ((9, 1), False, "ceux des places réservées portent aussi l’invitation pour votre agenda."),
        ((9, 9), True, "rien n’a changé : un e-mail le rappelle, un par jour au plus."),
        ((1, 1), False, "chacun avec un lien personnel."),
    ],
)
def test_several_dates_announce_the_invitations_that_leave(
    capacities: tuple[int, int], held: bool, said: str
) -> None:
    activity, client = make_activity(), Client()
    sessions = [make_session(activity, days=9 + at, capacity=each) for at, each in enumerate(capacities)]
    for session in sessions:
        if session.capacity == 1:
            make_registration(session)
    if held:
        steps(sessions[0], client)
    ticked = {"dispositif": activity.pk, "sessions": [each.pk for each in sessions]}
    mail, *others = listed(client.post("/inscriptions/plusieurs/", TYPED | ticked, follow=True).text)
    assert mail.endswith(said)
    assert any("en liste d’attente" in step for step in others) is (1 in capacities)


def several(sessions: list[Session], client: Client) -> str:
    ticked = {"dispositif": sessions[0].activity_id, "sessions": [each.pk for each in sessions]}
    return str(client.post("/inscriptions/plusieurs/", TYPED | ticked, follow=True).text)


def rules_of(page: str) -> list[str]:
    found = re.search(r'<ul class="rules">(.*?)</ul>', page, re.DOTALL)
    assert found
    items = re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL)
    return [plain(strip_tags(item)) for item in items]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_two_dates_that_wait_differently_each_say_how() -> None:
    activity = make_activity()
    kinds = (Session.Promotion.OFFER, Session.Promotion.AUTOMATIC)
    sessions = [full(activity=activity, days=20 + at, promotion=one) for at, one in enumerate(kinds)]
    offered, given = rules_of(several(sessions, Client()))
    for session, rule in zip(sessions, (offered, given), strict=True):
        assert rule.startswith(f"{plain(day_short(session.starts_at))} : ")
    assert "est proposée" in offered
    assert "va à la première personne" in given


def test_who_waits_though_seats_are_free_reads_why() -> None:
    until = timezone.now() + timedelta(days=3)
    activity = make_activity()
    reserved = [make_session(activity, days=9 + at, members_first_until=until) for at in range(2)]
    page = several(reserved, Client())
    assert page.count("Ensuite, s’il reste des places") == 1, "once, for both"
    assert non_members_from(reserved[0]) in page


def test_the_form_says_of_which_dates_a_rule_speaks() -> None:
    activity = make_activity()
    sessions = [make_session(activity, days=20), make_session(activity, days=21, approval=True)]
    page = Client().get("/inscriptions/plusieurs/", {"dispositif": activity.pk}).text
    approval, waiting = sorted(rules_of(page), key=lambda rule: "valide" not in rule)
    when = plain(day_short(sessions[1].starts_at))
    assert approval == f"{when} : La coordination valide chaque demande et répond par e-mail."
    assert waiting.startswith("Une place libérée"), "said of both"


def test_dates_chosen_again_promise_no_second_message() -> None:
    activity, client = make_activity(), Client()
    sessions = [make_session(activity, days=9), make_session(activity, days=10, approval=True)]
    several(sessions, client)
    page = several(sessions, client)
    assert "C’est déjà enregistré" in page
    assert "Demande déjà reçue" in page
    assert listed(page)[0].startswith("Rien n’a changé : un e-mail par date le rappelle à zoe@example.org")


@pytest.mark.parametrize(
    ("fields", "link"),
    [({"approval": True}, "votre demande et permet de la retirer"), ({"capacity": 1}, "votre rang")],
)
def test_the_links_of_dates_that_are_not_sure_say_what_they_do(fields: Any, link: str) -> None:
    activity = make_activity()
    sessions = [make_session(activity, days=9 + at, **fields) for at in range(2)]
    for session in sessions if "capacity" in fields else ():
        make_registration(session)
    _mail, says, *_others = listed(several(sessions, Client()))
    assert says.startswith(f"Chaque lien montre {link}")
    assert "Plus tôt vous le dites" not in says


def test_an_offer_that_stands_is_answered_by_its_link() -> None:
    activity, client = make_activity(), Client()
    sessions = [make_session(activity, days=9), make_session(activity, days=10)]
    several(sessions, client)
    Registration.objects.filter(session=sessions[0]).update(state=Registration.State.OFFERED)
    assert any("attend votre réponse" in step for step in listed(several(sessions, client)))


def test_one_date_alone_is_told_as_by_its_own_form() -> None:
    mail, link = listed(several([make_session()], Client()))
    assert mail == f"Un e-mail part à zoe@example.org, avec {INVITATION} et un lien personnel."
    assert link.startswith("Ce lien montre votre inscription")
