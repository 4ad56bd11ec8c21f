"""What an organisation sets on its documents, and looks at before saving."""

import io

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from django.utils.text import slugify
from PIL import Image as Drawing
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection

from certificates.domain.issuing import issue
from certificates.domain.wording import wording
from certificates.models import Certificate, DocumentSettings, DocumentTemplate
from events.models import JournalEntry
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Organisation, User
from tests.certificates.test_document import text_of
from tests.factories import make_activity, make_admin, make_session, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    # Wagtail leaves the file of an image that it renders to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def opened(name: str) -> Organisation:
    return open_organisation(
        name=name,
        short_name=name,
        slug=slugify(name),
        email="contact@example.org",
        city="Le Havre",
        signatory="Dr Exemple",
        by=None,
    )


@pytest.fixture
def organisation() -> Organisation:
    return opened("CPTS du Port")


@pytest.fixture
def coordinator(organisation, client) -> User:
    user = make_user()
    name_coordinator(organisation=organisation, user=user, by=None)
    client.force_login(user)
    return user


@pytest.fixture
def private(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    return tmp_path


def page(organisation) -> str:
    return reverse("document_wording", args=[organisation.pk])


def preview(organisation, kind="presence") -> str:
    return reverse("document_preview", args=[organisation.pk, kind])


def typed(**said) -> dict[str, str]:
    return {"version": "0", "signatory": "Dr Exemple"} | said


def own_image(organisation, **file) -> Image:
    collection = Collection.objects.get(name=organisation.name)
    return Image.objects.create(title="Logo", file=get_test_image_file(**file), collection=collection)


def test_what_is_set_is_printed_on_what_is_issued_next_and_changes_nothing_older(
    organisation, coordinator, client, certify
):
    before = certify(make_session(make_activity(organisation), days=-1))
    said = typed(
        signatory="Dr Modèle",
        signatory_role="présidente",
        legal_line="12 quai de l’Exemple",
        presence_title="Attestation de participation",
        presence_closing="Merci d’être là.",
    )

    answer = client.post(page(organisation), said)

    assert answer.status_code == 302
    organisation.refresh_from_db()
    assert organisation.signatory == "Dr Modèle"
    after = issue(registration=before.registration, by=coordinator, anew=True)
    assert before.facts["signatory"] == "Dr Exemple"
    assert after.facts["signatory"] == "Dr Modèle"
    words = after.facts["document"]
    assert words["title"] == "Attestation de participation"
    assert words["closing"] == "Merci d’être là."
    assert words["legal_line"] == "12 quai de l’Exemple"
    [entry] = JournalEntry.objects.filter(action="escale.documents")
    assert entry.organisation_id == organisation.pk
    changed = ["ligne légale", "qualité du ou de la signataire"]
    texts = ["Attestation de présence, titre", "Attestation de présence, texte de la fin"]
    assert sorted(entry.data["fields"]) == sorted(changed + texts)


def test_a_text_emptied_again_takes_the_words_of_escale(organisation, coordinator, client):
    client.post(page(organisation), typed(presence_opening="Nous attestons que"))
    assert wording(organisation=organisation, kind="presence")["opening"] == "Nous attestons que"

    client.post(page(organisation), typed(version="1"))

    assert wording(organisation=organisation, kind="presence")["opening"] == "CPTS du Port atteste que"
    assert not DocumentTemplate.objects.exists()


def test_two_people_who_edit_at_once_do_not_overwrite_each_other(organisation, coordinator, client):
    client.post(page(organisation), typed(legal_name="La première"))

    answer = client.post(page(organisation), typed(legal_name="La seconde"))

    assert answer.status_code == 409
    assert "La première" in answer.content.decode()
    assert "La seconde" in answer.content.decode()
    assert DocumentSettings.objects.get().legal_name == "La première"


@pytest.mark.parametrize(
    "said",
    [
        {"declaration_number": "2876012345", "declaration_region": "Normandie"},
        {"declaration_number": "２８７６０１２３４５６", "declaration_region": "Normandie"},
        {"declaration_number": "28760123456"},
        {"legal_line": "x" * 241},
        {"presence_title": "x" * 81},
        {"logo": "99999999999999999999"},
        {"version": "x"},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(said, organisation, coordinator, client):
    answer = client.post(page(organisation), typed(**said))

    assert answer.status_code == 422
    assert not DocumentSettings.objects.exists()


def test_the_logo_is_copied_so_that_a_later_one_changes_no_old_document(
    organisation, coordinator, client, private
):
    image = own_image(organisation)
    client.post(page(organisation), typed(logo=image.pk))

    name = wording(organisation=organisation, kind="presence")["logo"]
    image.delete()

    with storages["private"].open(name) as kept, Drawing.open(kept) as drawing:
        assert drawing.format == "JPEG"
    assert wording(organisation=organisation, kind="presence")["logo"] == ""


def test_the_logo_is_copied_when_it_is_set_and_not_while_sessions_are_held(
    organisation, coordinator, client, private
):
    client.post(page(organisation), typed(logo=own_image(organisation).pk))

    assert len(storages["private"].listdir("documents/logos")[1]) == 1


def test_a_logo_of_another_organisation_does_not_exist(organisation, coordinator, client):
    other = own_image(opened("CPTS voisine"))

    assert client.post(page(organisation), typed(logo=other.pk)).status_code == 422


def test_the_preview_shows_what_is_typed_and_stores_nothing(organisation, coordinator, client):
    for kind in DocumentTemplate.Kind:
        said = typed(legal_name="Association d’essai", **{f"{kind}_closing": "Un mot de plus."})
        answer = client.post(preview(organisation, kind), said)

        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("inline")
        text = text_of(answer.content)
        assert "Association d’essai" in text
        assert "Un mot de plus." in text
        assert "Aperçu" in text
    assert not DocumentSettings.objects.exists()
    assert not DocumentTemplate.objects.exists()
    assert not Certificate.objects.exists()


def test_the_preview_bears_what_would_be_refused(organisation, coordinator, client):
    said = typed(declaration_number="12", legal_line="x" * 500, logo="0", version="x", presence_title="\x00")

    assert client.post(preview(organisation), said).status_code == 200


@pytest.mark.parametrize("kind", ["inconnu", '"', "2026-02-30"])
def test_a_document_without_a_preview_does_not_exist(kind, organisation, coordinator, client):
    assert client.get(preview(organisation, kind)).status_code == 404
    assert client.post(preview(organisation, kind), typed()).status_code == 404


def test_whoever_coordinates_one_organisation_goes_straight_to_it(organisation, coordinator, client):
    assert client.get(reverse("document_wordings")).url == page(organisation)


def test_a_seal_is_offered_only_where_there_is_a_key(organisation, coordinator, client):
    assert b'name="seals"' not in client.get(page(organisation)).content

    DocumentSettings.objects.create(organisation=organisation, seals=True)

    answer = client.get(page(organisation)).content.decode()
    assert 'name="seals"' in answer
    assert "sans cachet" in answer


def test_an_image_that_does_not_open_is_refused(organisation, coordinator, client):
    image = own_image(organisation)
    image.file.storage.delete(image.file.name)
    image.file.storage.save(image.file.name, io.BytesIO(b"no picture"))

    answer = client.post(page(organisation), typed(logo=image.pk))

    assert answer.status_code == 422
    assert "ne s’imprime pas" in answer.content.decode()


@pytest.mark.parametrize("others", [1, 3])
def test_the_list_of_organisations_takes_the_same_queries(
    others, client, django_assert_num_queries, organisation
):
    for number in range(others):
        opened(f"CPTS {number}")
    client.force_login(make_admin())
    client.get(reverse("document_wordings"))

    with django_assert_num_queries(8):
        answer = client.get(reverse("document_wordings"))

    assert answer.content.decode().count("/admin/modeles/") >= others + 1
