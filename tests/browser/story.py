"""What a long story needs: a clock to move, the mails of a person, papers that are judged and looked at."""

import io
import re
import subprocess
from html import unescape
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from events.domain.outbox import deliver_due
from events.models import Slot
from members.models import User
from tests.browser.conftest import PHONE, PICTURES
from tests.browser.test_journey import World
from tests.browser.test_sheet_offline import opened

PAPERS = PICTURES.parent / "papers"


class Story(World):
    """People, what they were sent, and what they do more than once."""

    def minute(self) -> None:
        """What the clock of the server does each minute: mails leave, surveys open and close."""
        call_command("run_due", stdout=io.StringIO())

    def mails(self, to: str) -> list[str]:
        deliver_due()
        return [
            "\n".join([each.body, *(str(content) for content, _type in each.alternatives)])
            for each in mail.outbox
            if each.to == [to]
        ]

    def links(self, to: str, containing: str) -> list[str]:
        """Those of the latest mail to ``to`` that has any, on this server, each once."""
        for text in reversed(self.mails(to)):
            found = [urlsplit(unescape(url)) for url in re.findall(r"https?://[^\s\"<>]+", text)]
            own = [f"{self.url}{u.path}{'#' if u.fragment else ''}{u.fragment}" for u in found]
            if kept := [url for url in dict.fromkeys(own) if containing in url]:
                return kept
        raise AssertionError(f"no {containing} link to {to}")

    def visit(self, user: User, viewport: dict[str, int] = PHONE) -> Page:
        page = self.open_page(viewport)
        self.sign_in(page, user)
        return page

    def sheet(self, trainer: User, slot: Slot) -> Page:
        """On the phone of who trains, kept there."""
        page = opened(self, slot, trainer)
        expect(page.get_by_role("heading", name="Qui est là")).to_be_visible()
        return page

    def close(self, page: Page) -> None:
        """The sheet that ``page`` shows; who leads and closes it countersigns it thereby."""
        page.get_by_role("button", name="Enregistrer et clore la feuille").click()
        page.get_by_role("button", name="Clore définitivement").click()
        expect(page.get_by_text(re.compile("^Feuille close le"))).to_be_visible()
        expect(page.get_by_role("region", name="Contresignature")).to_contain_text("Contresigné")

    def answer(self, to: str, button: str, **chosen: str) -> None:
        """One tap on a mark of the mail, then what is chosen by the name of its question, then sent."""
        page = self.open_page()
        [url] = [url for url in self.links(to, "/avis/") if url.endswith(f"#note-{chosen['note']}")]
        page.goto(url)
        expect(page.get_by_role("radio", name=chosen["note"], exact=True).first).to_be_checked()
        if word := chosen.get("word"):
            page.get_by_role("textbox").last.fill(word)
        page.get_by_role("button", name=button).click()
        expect(page).to_have_url(f"{self.url}{reverse('events:survey_thanks')}")
        page.context.close()

    def paper(self, source: Page, name: str, of: Locator | str) -> Path:
        """A PDF behind an address or a button: kept, judged, and drawn."""
        PAPERS.mkdir(parents=True, exist_ok=True)
        path = PAPERS / f"{name}.pdf"
        if isinstance(of, str):
            answer = source.request.get(of)
            assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
            path.write_bytes(answer.body())
        else:
            with source.expect_download() as download:
                of.click()
            download.value.save_as(path)
        judge(path)
        return path


def words(path: Path) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(path).pages))


def judge(path: Path) -> None:
    """Whole, titled, in French, tagged as a screen reader needs it, its letters inside; drawn beside it."""
    reader = PdfReader(path)
    root = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title, path
    assert str(root["/Lang"]).startswith("fr"), path
    assert root["/MarkInfo"]["/Marked"], path
    kinds = set(tags(root["/StructTreeRoot"]))
    assert kinds & {"/H1", "/H"}, f"{path}: {kinds}"
    if which("qpdf"):
        subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    if which("pdffonts"):
        lines = subprocess.run(["pdffonts", path], check=True, capture_output=True, text=True).stdout
        fonts = [line.split()[-5] for line in lines.splitlines()[2:]]  # emb sub uni object ID
        assert fonts, path
        assert set(fonts) == {"yes"}, lines
    if which("pdftoppm"):
        drawn = ["pdftoppm", "-r", "60", "-png", path, path.with_suffix("")]
        subprocess.run(drawn, check=True, capture_output=True)


def tags(node: object) -> list[str]:
    """The kinds of elements of a tree of structure, in the order in which they are read."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [kind for child in node for kind in tags(child)]
    if not isinstance(node, dict):
        return []
    return [*([str(node["/S"])] if "/S" in node else []), *tags(node.get("/K"))]
