"""What follows a training that is over: a correction, answers, documents, one's own space, the report."""

import re
import zipfile
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from certificates.domain import batches
from certificates.models import Certificate
from events.models import Attendance, SealedResponse, Session, Survey
from members.models import User
from tests.browser.story import PAPERS, Story, words
from tests.clock import Clock

FORM = ("Ana", "Bea", "Cleo", "Dan", "Eva", "Fred")
WALK_INS = ("Gil", "Hana")
Kind, Status, State = Certificate.Kind, Certificate.Status, Attendance.State


def address(name: str) -> str:
    return f"{name.lower()}@example.org"


def inspect(story: Story, desk: Page, session: Session) -> None:
    """The page of the session; weeks may have gone by since the coordination signed in."""
    story.sign_in(desk, User.objects.get(email="coordination@example.org"))
    desk.goto(f"{story.url}{reverse('sessions:inspect', args=[session.pk])}")


def held(session: Session) -> dict[str, int]:
    valid = Certificate.objects.filter(registration__session=session, status=Status.VALID)
    return {kind: valid.filter(kind=kind).count() for kind in Kind}


def correct(story: Story, desk: Page, session: Session, slot: Any) -> None:
    """Fred was there from the start: his three documents are made anew."""
    desk.goto(f"{story.url}{reverse('events:attendance', args=[slot.pk])}")
    desk.get_by_role("link", name="Corriger cette feuille").click()
    desk.get_by_label("Présence de Fred Martin", exact=True).select_option(State.PRESENT)
    desk.get_by_label("Motif de la correction").fill("Arrivé à l’heure, noté par erreur.")
    desk.get_by_role("button", name="Relire la correction").click()
    story.look(desk, "leader-6-correcting")
    desk.get_by_role("button", name="Corriger la feuille").click()
    expect(desk.get_by_text("Version 2 · empreinte")).to_be_visible()
    fred = Certificate.objects.filter(registration__first_name="Fred")
    assert {(each.version, each.status) for each in fred} == {(1, Status.REPLACED), (2, Status.VALID)}
    assert fred.filter(status=Status.VALID).values_list("facts__minutes", flat=True)[0] == 630
    assert "corrigé" in story.mails(address("Fred"))[-1]
    assert held(session) == {Kind.PRESENCE: 8, Kind.COMPLETION: 7, Kind.REALISATION: 7}


def answers_and_results(story: Story, clock: Clock, desk: Page, session: Session) -> None:
    for name, note in zip(FORM, ("8", "9", "9", "8", "10", "7"), strict=True):
        story.answer(address(name), "Envoyer mon avis", note=note, word=f"Merci de {note}.")
    assert SealedResponse.objects.filter(survey__moment=Survey.Moment.AFTER).count() == 6
    inspect(story, desk, session)
    expect(desk.get_by_text("6 réponses sur 8 invitations.")).to_be_visible()
    clock.move(days=31)
    story.minute()
    inspect(story, desk, session)
    desk.get_by_role("link", name="Voir les résultats").last.click()
    expect(desk.get_by_text("8,5/10").first).to_be_visible()
    expect(desk.get_by_text("sur 8 personnes interrogées")).to_be_visible()
    story.look(desk, "leader-7-results")
    said = words(story.paper(desk, "results", desk.get_by_role("button", name="PDF", exact=True)))
    assert "Leader, printemps" in said


def documents(story: Story, desk: Page, session: Session) -> None:
    """All in the background as a ZIP and one PDF; one revoked; a number and a file are verified."""
    inspect(story, desk, session)
    desk.get_by_role("link", name="Délivrer, télécharger, envoyer").click()
    for label in Kind.labels:
        desk.get_by_label(label).check()
    desk.get_by_role("button", name="Délivrer").click()
    expect(desk.get_by_text("En attente, cela commence dans un instant.")).to_be_visible()
    assert batches.run_next()
    expect(desk.get_by_text(re.compile("^22 documents"))).to_be_visible()
    story.look(desk, "leader-8-batch")
    story.paper(desk, "merged", desk.get_by_role("button", name="Un seul PDF"))
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Une archive ZIP, un PDF par document").click()
    download.value.save_as(PAPERS / "all.zip")
    with zipfile.ZipFile(PAPERS / "all.zip") as archive:
        assert len(archive.namelist()) == 22

    inspect(story, desk, session)
    for kind in Kind:
        desk.goto(one(story, "Eva", kind))
        story.paper(desk, f"eva-{kind}", desk.get_by_role("button", name="Télécharger le PDF"))
    desk.goto(one(story, "Eva", Kind.PRESENCE))
    desk.get_by_label("Motif").fill("Délivrée à une autre adresse.")
    desk.get_by_role("button", name="Révoquer l’attestation").click()
    expect(desk.get_by_text("L’attestation est révoquée")).to_be_visible()
    assert "Délivrée à une autre adresse." in story.mails(address("Eva"))[-1]

    page = story.open_page()
    number = Certificate.objects.get(registration__first_name="Eva", kind=Kind.PRESENCE).number
    page.goto(f"{story.url}{reverse('certificates:verify')}")
    page.get_by_role("textbox", name=re.compile("numéro", re.I)).fill(number.lower())
    page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_text(re.compile("a été révoquée"))).to_be_visible()
    story.look(page, "leader-9-revoked")
    for file, verdict in (
        ("eva-completion", "Cette attestation est valable."),
        ("eva-presence", "Cette attestation a été révoquée"),
        ("merged", "n’est pas"),
    ):
        page.goto(f"{story.url}{reverse('certificates:verify')}")
        page.locator("input[type=file]").set_input_files(PAPERS / f"{file}.pdf")
        page.get_by_role("button", name="Comparer").click()
        expect(page.get_by_role("main")).to_contain_text(verdict)


def one(story: Story, name: str, kind: str) -> str:
    found = Certificate.objects.get(registration__first_name=name, kind=kind, version=1)
    return f"{story.url}{reverse('certificates_document', args=[found.pk])}"


def own_space(story: Story, session: Session) -> None:
    page = story.visit(User.objects.get(email=address("Fred")))
    page.goto(f"{story.url}{reverse('my_space')}")
    expect(page.get_by_text("10 h 30").first).to_be_visible()
    story.look(page, "leader-10-my-space")
    links = page.get_by_role("link", name=re.compile(r"\(PDF\)"))
    expect(links).to_have_count(3)
    for number, kind in enumerate(Kind):
        url = story.url + str(links.nth(number).get_attribute("href"))
        assert "Fred Martin" in words(story.paper(page, f"fred-{number}-{kind}", url))


def report(story: Story, desk: Page) -> None:
    desk.goto(f"{story.url}{reverse('report')}")
    story.look(desk, "leader-11-report")
    said = words(story.paper(desk, "report", desk.get_by_role("button", name="PDF d’une page")))
    assert "75 h 30" in said
