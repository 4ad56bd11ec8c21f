"""An administrator opens an organisation in one form; those who will coordinate it are told how to enter."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from events.domain import outbox
from events.models import JournalEntry, Message, MessageRule
from members.access import coordinated_organisations
from members.domain.coordination import end_coordination, end_due
from members.domain.organisations import open_organisation
from members.models import Membership, Organisation, User
from pages.domain.invitations import Invited, invite
from pages.domain.site_pages import open_organisation_with_page
from pages.models import OrganisationPage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
FACTS = {
    "name": "CPTS du Grand Large",
    "short_name": "Grand Large",
    "slug": "grand-large",
    "kind": "cpts",
    "parent": "",
    "email": "contact@large.example.org",
    "city": "Fécamp",
    "school_zone": "B",
    "signatory": "",
}
PEOPLE = 'Anne Le Roux <Anne@Example.org>\nlou@example.org\n"Petit", Zoé; zoe@example.org\nlou@example.org'


@pytest.fixture
def admin() -> User:
    return factories.make_admin(first_name="Alix", last_name="Morel")


@pytest.fixture
def client(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def organisation() -> Organisation:
    return open_organisation(name="CPTS A", short_name="A", slug="a", email="a@example.org", by=None)


def test_one_form_opens_everything(client: Client) -> None:
    client.post(reverse("organisations:add"), FACTS | {"school_zone": "C", "coordinators": PEOPLE})
    organisation = Organisation.objects.get()
    assert organisation.school_zone == "C"
    assert OrganisationPage.objects.get(organisation=organisation).live
    assert MessageRule.objects.filter(organisation=organisation).exists()
    people = User.objects.filter(groups=organisation.group).order_by("email")
    assert [(one.email, one.get_full_name()) for one in people] == [
        ("anne@example.org", "Anne Le Roux"),
        ("lou@example.org", ""),
        ("zoe@example.org", "Petit Zoé"),
    ]
    assert all(list(coordinated_organisations(one)) == [organisation] for one in people)


def test_each_is_told_who_what_and_how_to_enter(client: Client) -> None:
    client.post(reverse("organisations:add"), FACTS | {"coordinators": PEOPLE})
    outbox.deliver_due()
    assert sorted(one.to[0] for one in mail.outbox) == [
        "anne@example.org",
        "lou@example.org",
        "zoe@example.org",
    ]
    sent = next(one for one in mail.outbox if one.to == ["anne@example.org"])
    assert sent.subject == "Vous coordonnez Grand Large sur Escale"
    assert sent.reply_to == ["contact@large.example.org"]
    for words in ("Bonjour Anne,", "Alix Morel vous confie", "pas de mot de passe", "/compte/login/code/"):
        assert words in sent.body


def test_the_way_in_of_the_mail_leads_to_the_admin(client: Client) -> None:
    client.post(reverse("organisations:add"), FACTS | {"coordinators": "lou@example.org"})
    body = Message.objects.get(kind="coordination").body
    url = next(word for word in body.split() if word.startswith("http"))
    page = Client().get(url.removeprefix("http://localhost:8000")).content.decode()
    assert 'name="next"' in page
    assert 'value="/admin/"' in page


@pytest.mark.parametrize("people", ["pas une adresse", "ok@example.org\nzoé", "x" * 5000, "\n".join("ab")])
def test_a_bad_line_is_named_and_nothing_opens(client: Client, people: str) -> None:
    page = client.post(reverse("organisations:add"), FACTS | {"coordinators": people}).content.decode()
    assert "CPTS du Grand Large" in page
    assert "error-message" in page
    assert not Organisation.objects.exists()
    assert not Message.objects.exists()


def test_one_who_cannot_be_invited_stops_the_opening(admin: User) -> None:
    factories.make_user(email="ferme@example.org", is_active=False)
    facts = {"name": "A", "short_name": "A", "slug": "a", "email": "a@example.org"}
    people = [Invited("lou@example.org"), Invited("ferme@example.org")]
    with pytest.raises(DomainError, match=r"ferme@example\.org : Ce compte est fermé") as refusal:
        open_organisation_with_page(**facts, coordinators=people, by=admin)
    assert refusal.value.field == "coordinators"
    assert not Organisation.objects.exists()
    assert not Message.objects.exists()


def test_a_person_named_twice_is_mailed_once(organisation: Organisation, admin: User) -> None:
    for _ in range(2):
        invite(organisation=organisation, person=Invited("lou@example.org"), by=admin)
    assert Message.objects.filter(kind="coordination").count() == 1


def test_a_person_named_again_after_an_end_is_told_again(organisation: Organisation, admin: User) -> None:
    invite(organisation=organisation, person=Invited("lou@example.org"), by=admin)
    Membership.objects.update(since=timezone.localdate() - timedelta(days=9))
    end_coordination(membership=Membership.objects.get(), by=admin)
    invite(organisation=organisation, person=Invited("lou@example.org"), by=admin)
    assert Message.objects.filter(kind="coordination").count() == 2


def test_a_person_named_later_is_told_too(client: Client, organisation: Organisation) -> None:
    url = reverse("organisations:inspect", args=[organisation.pk])
    client.post(url, {"email": "Lou@Example.org", "first_name": "Lou", "last_name": "Petit"})
    message = Message.objects.get(kind="coordination")
    assert (message.recipient, message.organisation) == ("lou@example.org", organisation)


def test_a_coordination_that_ends_by_its_date_leaves_the_group(organisation: Organisation) -> None:
    ended, current = (
        invite(organisation=organisation, person=Invited(email), by=None)
        for email in ("fini@example.org", "lou@example.org")
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    for user in (ended, current):
        Membership.objects.filter(user=user).update(since=yesterday, until=yesterday)
    Membership.objects.create(  # ended, then named again
        user=current, organisation=organisation, role=Membership.Role.COORDINATOR, since=yesterday
    )
    assert end_due() == 1
    assert end_due() == 0
    assert list(User.objects.filter(groups=organisation.group)) == [current]
    assert not ended.has_perm("wagtailadmin.access_admin")
    entry = JournalEntry.objects.filter(data__coordinator_ended=ended.pk).get()
    assert entry.organisation_id == organisation.pk


def test_an_organisation_without_a_page_gets_one(client: Client, organisation: Organisation) -> None:
    inspect = reverse("organisations:inspect", args=[organisation.pk])
    assert "Ouvrir sa page" in client.get(inspect).content.decode()
    client.post(reverse("organisations:open_page", args=[organisation.pk]))
    assert OrganisationPage.objects.get(organisation=organisation).live
    assert "Ouvrir sa page" not in client.get(inspect).content.decode()
    again = client.post(reverse("organisations:open_page", args=[organisation.pk]), follow=True)
    assert "Cette structure a déjà sa page." in again.content.decode()


def test_the_second_of_two_editors_is_warned(client: Client, organisation: Organisation) -> None:
    url = reverse("organisations:edit", args=[organisation.pk])
    shown = client.get(url).context["form"].initial["version"]
    mine = FACTS | {"slug": "a", "version": shown, "city": "Étretat"}
    client.post(url, mine | {"city": "Yport"})
    page = client.post(url, mine)
    said = page.content.decode()
    assert "modifié cette fiche" in said
    assert "Enregistré entre-temps : Yport." in said
    assert 'value="Étretat"' in said
    organisation.refresh_from_db()
    assert organisation.city == "Yport"
    client.post(url, mine | {"version": page.context["form"]["version"].value()})
    organisation.refresh_from_db()
    assert organisation.city == "Étretat"


def test_an_edit_says_what_was_and_what_is(client: Client, organisation: Organisation) -> None:
    url = reverse("organisations:edit", args=[organisation.pk])
    client.post(url, FACTS | {"slug": "a", "name": "CPTS A", "short_name": "A", "version": 1})
    entry = JournalEntry.objects.filter(action="escale.edit").get()
    assert entry.data["city"] == {"before": "", "after": "Fécamp"}
    assert "name" not in entry.data
