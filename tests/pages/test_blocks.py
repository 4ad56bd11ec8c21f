"""What a page is composed of: what each block refuses, and how it looks before it is used."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection
from wagtail.test.utils.form_data import nested_form_data, streamfield

from common.blocks import CallBlock, ResourceBlock, SourcedFigureBlock, prose
from events.blocks import SessionsBlock, body_blocks
from events.models import EventPage
from pages.models import ContentPage, HomePage
from tests import factories
from tests.events.test_admin_pages import PAGE, open_place, signed_in

pytestmark = pytest.mark.one_engine


def refused(block: Any, **facts: Any) -> dict[str, str]:
    with pytest.raises(StructBlockValidationError) as error:
        block.clean(block.normalize(dict.fromkeys(block.child_blocks) | facts))
    return {name: str(each.messages[0]) for name, each in error.value.block_errors.items()}


def test_a_figure_needs_its_source_and_its_date() -> None:
    said = refused(SourcedFigureBlock(), value="151", label="participations")
    assert set(said) == {"source", "date"}
    assert said["date"] == "Champ requis."


def test_a_call_leads_somewhere_and_only_there() -> None:
    said = refused(CallBlock(), title="Venez", button="Voir")
    assert said["url"] == "Choisissez une page du site ou écrivez une adresse, l’une des deux."


def test_a_resource_says_how_to_reach_it() -> None:
    said = refused(ResourceBlock(), title="Écoute", text="Un médecin répond.")
    assert "comment joindre ce service" in said["url"]
    assert "par exemple" in refused(ResourceBlock(), title="É", text="t", phone="appelez-moi")["phone"]


@pytest.mark.django_db
def test_sessions_are_those_below_the_page_and_no_more_than_asked(home: HomePage, client: Client) -> None:
    ours, theirs = factories.make_activity(), factories.make_activity()
    for n in range(3):
        factories.make_session(ours, days=5 + n, title=f"Chez nous {n}")
    factories.make_session(theirs, title="Ailleurs")
    body = [("sessions", {"title": "Bientôt", "page": ours, "number": 2})]
    home.add_child(instance=ContentPage(title="Page", slug="page", body=body))
    text = client.get("/page/").content.decode()
    assert "Chez nous 1" in text
    assert "Chez nous 2" not in text
    assert "Ailleurs" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, _ in body_blocks()])
def test_the_picker_shows_each_block_as_the_site_does(home: HomePage, name: str) -> None:
    block = ContentPage._meta.get_field("body").stream_block.child_blocks[name]
    assert block.is_previewable
    assert block.get_description()
    admin = Client()
    admin.force_login(factories.make_admin())
    answer = admin.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "escale/css/blocks.css" in text
    assert " style=" not in text


def test_a_number_of_sessions_out_of_reason_is_refused() -> None:
    assert "12" in refused(SessionsBlock(), title="Dates", number=400)["number"]


@pytest.mark.django_db
def test_a_coordinator_composes_a_page_and_mistakes_are_said_in_french() -> None:
    _, page, user = open_place("aa")
    url = reverse("wagtailadmin_pages:add", args=["events", "eventpage", page.pk])
    empty = {"title": "Venez", "text": "", "button": "Voir", "page": "", "url": ""}
    data = {key: value for key, value in PAGE.items() if not key.startswith("body")}
    sent = data | nested_form_data({"body": streamfield([("call", empty)])})
    text = signed_in(user).post(url, sent).content.decode()
    assert "une des deux" in text
    sent = data | nested_form_data({"body": streamfield([("call", empty | {"url": "https://example.org/"})])})
    assert signed_in(user).post(url, sent).status_code == 302
    assert "Venez" in str(EventPage.objects.get(slug="soiree").body)


# The library that scales images leaves a temporary file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.django_db
def test_a_coordinator_shows_no_picture_of_another_organisation() -> None:
    _, page, user = open_place("aa")
    theirs, _, _ = open_place("bb")
    collection = (
        Collection.objects.get(name=theirs.name) if theirs.group else Collection.get_first_root_node()
    )
    image = get_image_model().objects.create(
        title="Chez eux", file=get_test_image_file(), collection=collection, width=640, height=480
    )
    url = reverse("wagtailadmin_pages:add", args=["events", "eventpage", page.pk])
    picture = {"image": {"image": image.pk, "decorative": "on", "alt_text": ""}, "caption": "", "credit": ""}
    data = {key: value for key, value in PAGE.items() if not key.startswith("body")}
    sent = data | nested_form_data({"body": streamfield([("picture", picture)])})
    response = signed_in(user).post(url, sent)
    assert response.status_code == 200
    assert "votre structure." in response.content.decode()
    assert not EventPage.objects.filter(slug="soiree").exists()
    assert signed_in(user).post(url, data | {"body-count": 0, "image": image.pk}).status_code == 200


@pytest.mark.django_db
def test_what_a_page_shows_already_may_stay() -> None:
    assert prose("") == []
    assert prose("<p>a</p>")[0][0] == "text"


def test_the_editor_writes_a_date_as_one_writes_it_in_france() -> None:
    block = SourcedFigureBlock().child_blocks["date"]
    assert block.field.widget.format_value(date(2025, 4, 26)) == "26/04/2025"
    assert block.field.clean("26/04/2025") == block.field.clean("2025-04-26") == date(2025, 4, 26)
