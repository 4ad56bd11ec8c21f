"""Who may open what: every address there is, for everybody, read and written.

Ours are declared here, Wagtail's and allauth's in ``access_wagtail``. An address that nobody declared
fails, and so does one whose answer changed. ``login`` is a redirect to the sign-in page, ``home``
Wagtail's « vous n’avez pas le droit » redirect to its home.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from events.models import Registration, Session
from tests import factories
from tests.access_resolver import address, addresses, answer
from tests.access_wagtail import ACCOUNTS, WAGTAIL
from tests.access_world import CANARY, Place, Visitor, client_of, found_once, readable, two_places

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    # Wagtail leaves the file of an image that it renders to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ACTORS = (
    "anonymous",
    "professional",
    "trainer of A",
    "coordinator of A",
    "coordinator of B",
    "administrator",
)

OF_NO_BUSINESS = ("professional", "trainer of A", "coordinator of A")

# name: answers to GET, then to POST, in the order of ACTORS, about a thing of A.
PUBLIC = "200 200 200 200 200 200"
NO = "405 405 405 405 405 405"
EVERYBODY = "302 302 302 302 302 302"
OWN_LIST = "login 200 200 200 200 200"
OF_A = "login 404 200 200 404 200"
OF_A_POST = "login 404 302 302 404 302"
ADMIN_A = "login 404 404 200 404 200"
ADMIN_A_POST = "login 404 404 302 404 302"
COORDINATORS = "login 404 404 200 200 200"
BAD_FORM_A = "login 404 404 422 404 422"
BAD_FORM = "login 404 404 422 422 422"
NO_ADMIN = "login 404 404 405 405 405"
NO_SIGNED_IN = "login 405 405 405 405 405"
HIDDEN = "login 404 404 404 404 200"
HIDDEN_POST = "login 404 404 404 404 405"
ABSENT = "404 404 404 404 404 404"

MATRIX: dict[str, tuple[str, str]] = {
    "events:calendar": (PUBLIC, NO),
    "events:past": (PUBLIC, NO),
    "events:session": (PUBLIC, NO),
    "events:register": (EVERYBODY, "422 422 422 422 422 422"),
    "events:registered": (EVERYBODY, NO),
    "events:forget": (NO, EVERYBODY),
    "events:registered_many": (EVERYBODY, NO),
    "events:register_many": (EVERYBODY, EVERYBODY),
    "events:session_ics": (PUBLIC, NO),
    "events:session_image": (PUBLIC, NO),
    "events:registration": (PUBLIC, NO),
    "events:withdraw": (NO, EVERYBODY),
    "events:consents": (NO, EVERYBODY),
    "events:accept_offer": (NO, EVERYBODY),
    "events:decline_offer": (NO, "422 422 422 422 422 422"),
    "events:survey": (PUBLIC, "422 422 422 422 422 422"),
    "events:survey_thanks": (PUBLIC, NO),
    "events:led_sessions": (OWN_LIST, NO),
    "events:attendees": (OF_A, NO),
    "events:attendees_csv": (OF_A, NO),
    "events:attendees_xlsx": (OF_A, NO),
    "events:attendees_pdf": (OF_A, NO),
    "events:sheets_pdf": (OF_A, NO),
    "events:sheet_pdf": (OF_A, NO),
    "events:participants": (PUBLIC, NO),
    "events:participants_csv": (PUBLIC, NO),
    "events:participants_xlsx": (PUBLIC, NO),
    "events:participants_pdf": (PUBLIC, NO),
    "events:participants_sheets": (PUBLIC, NO),
    "sessions:links": ("login 404 404 302 404 302", "login 404 404 404 404 404"),
    "events:attendance": (OF_A, NO_SIGNED_IN),
    "events:mark": (NO_SIGNED_IN, OF_A_POST),
    "events:walk_in": (NO_SIGNED_IN, "login 404 422 422 404 422"),
    "events:sheet_worker": (PUBLIC, NO),
    "events:sheet_state": (OF_A, NO_SIGNED_IN),
    "events:sheet_sync": (NO_SIGNED_IN, "login 404 400 400 404 400"),
    "events:paper": (OF_A, "login 404 422 422 404 422"),
    "events:sign": (OF_A, "login 404 422 422 404 422"),
    "events:countersign": (NO_SIGNED_IN, OF_A_POST),
    "events:projection": (OF_A, NO_SIGNED_IN),
    "events:room_code": ("login 404 404 404 404 404", NO_SIGNED_IN),  # only while the slot is on
    "events:here": ("410 410 410 410 410 410", "410 410 410 410 410 410"),
    "events:here_done": (PUBLIC, NO),
    "certificates:close_sheet": (OF_A, OF_A_POST),
    "certificates:correct_sheet": (OF_A, "login 404 422 422 404 422"),
    "certificates:assessment": (OF_A, "login 404 422 422 404 422"),
    "certificates:convocation": (PUBLIC, NO),
    "certificates_convocation": (ADMIN_A, NO_ADMIN),
    "training_settings": (ADMIN_A, BAD_FORM_A),
    "training_referent": (NO_ADMIN, ADMIN_A_POST),
    "certificates:verify": (PUBLIC, NO),
    "certificates:certificate": (PUBLIC, NO),
    "certificates:compare": (EVERYBODY, "422 422 422 422 422 422"),
    "certificates:download": (PUBLIC, NO),
    "document_wordings": ("login 404 404 302 302 200", NO_ADMIN),
    "document_wording": (ADMIN_A, ADMIN_A_POST),
    "document_preview": (ADMIN_A, ADMIN_A),
    "certificates_batches": (COORDINATORS, NO_ADMIN),
    "certificates_issue": (COORDINATORS, BAD_FORM),
    "certificates_batch": (ADMIN_A, NO_ADMIN),
    "certificates_file": ("login 404 404 302 404 302", ADMIN_A_POST),
    "certificates_document": (ADMIN_A, NO_ADMIN),
    "certificates_pdf": ("login 404 404 302 404 302", ADMIN_A),
    "certificates_revoke": ("login 404 404 302 404 302", BAD_FORM_A),
    "certificates_issue_one": ("login 404 404 302 404 302", ADMIN_A_POST),
    # To one's second factor; with it, on to one's space.
    "second_factor": ("login 302 302 302 302 302", "405 405 405 405 405 405"),
    "remove_second_factor": (HIDDEN, "login 404 404 404 404 422"),
    "sign_out_everywhere": (OWN_LIST, "login login login login login login"),
    "media_image": (ABSENT, NO),
    "alive": (PUBLIC, NO),
    "ready": (PUBLIC, NO),
    "metrics": (ABSENT, NO),
    "robots": (PUBLIC, NO),
    "sitemap": (PUBLIC, NO),
    "site_search": (PUBLIC, NO),
    "style": ("404 404 404 404 404 200", NO),
    "my_space": (OWN_LIST, NO_SIGNED_IN),
    "my_profile": (OWN_LIST, "login 422 422 422 422 422"),
    "my_calendar": (OWN_LIST, "login 302 302 302 302 302"),
    "api:sessions:listing": (PUBLIC, NO),
    "api:sessions:detail": (PUBLIC, NO),
    "api:activities:listing": (PUBLIC, NO),
    "api:activities:detail": (PUBLIC, NO),
    "api:organisations:listing": (PUBLIC, NO),
    "api:organisations:detail": (PUBLIC, NO),
    "events:subscribe": (PUBLIC, NO),
    "events:feed": (PUBLIC, NO),
    "events:feed_organisation": (PUBLIC, NO),
    "events:feed_activity": (PUBLIC, NO),
    "events:feed_personal": (PUBLIC, NO),
    "events:embed": (PUBLIC, NO),
    "embedding": (COORDINATORS, NO_ADMIN),
    "my_data": (OWN_LIST, NO_SIGNED_IN),
    "my_consents": (NO_SIGNED_IN, "login 302 302 302 302 302"),
    "my_copy": (OWN_LIST, NO_SIGNED_IN),
    "my_copy_json": (OWN_LIST, NO_SIGNED_IN),
    "my_erasure": (OWN_LIST, OWN_LIST),  # a POST that confirms nothing shows the second step
    "my_erased": (PUBLIC, NO),
    "sign_in_again": (NO_SIGNED_IN, "login login login login login login"),
    "mailbox": (ABSENT, ABSENT),
    "mailbox_message": (ABSENT, ABSENT),
    "import_participations": (COORDINATORS, BAD_FORM),
    "import_preview": ("login 404 404 302 302 302", NO_ADMIN),
    "import_confirm": (NO_ADMIN, "login 404 404 302 302 302"),
    "import_abandon": (NO_ADMIN, "login 404 404 302 302 302"),
    "report": (COORDINATORS, NO_ADMIN),
    "report_pdf": ("login 404 404 302 302 302", COORDINATORS),
    "report_xlsx": ("login 404 404 302 302 302", COORDINATORS),
    "survey_results": (COORDINATORS, NO_ADMIN),
    "survey_results_pdf": ("login 404 404 302 302 302", COORDINATORS),
    "survey_results_xlsx": ("login 404 404 302 302 302", COORDINATORS),
    "survey_text": (NO_ADMIN, "login 404 404 302 404 302"),
    "programmes:index": (COORDINATORS, NO_ADMIN),
    "programmes:index_results": (COORDINATORS, NO_ADMIN),
    "programmes:add": (COORDINATORS, BAD_FORM),
    "programmes:edit": (ADMIN_A, BAD_FORM_A),
    "programmes:delete": (ADMIN_A, ADMIN_A_POST),
    "sessions:index": (COORDINATORS, NO_ADMIN),
    "sessions:index_results": (COORDINATORS, NO_ADMIN),
    "sessions:add": (COORDINATORS, BAD_FORM),
    "sessions:edit": (ADMIN_A, BAD_FORM_A),
    "sessions:inspect": (ADMIN_A, "login 404 404 405 404 405"),
    "sessions:history": (ADMIN_A, "login 404 404 405 404 405"),
    "sessions:history_results": (ADMIN_A, "login 404 404 405 404 405"),
    "sessions:plan": (COORDINATORS, BAD_FORM),
    "sessions:plan_preview": (NO_ADMIN, BAD_FORM),
    "sessions:copy_season": (COORDINATORS, BAD_FORM),
    "sessions:copy_season_preview": (NO_ADMIN, BAD_FORM),
    "sessions:copy": (ADMIN_A, BAD_FORM_A),
    "sessions:cancel": (ADMIN_A, BAD_FORM_A),
    "sessions:calendar": (COORDINATORS, NO_ADMIN),
    "sessions:edit_many": ("login 404 404 302 302 302", "login 404 404 302 302 302"),
    "activities": (COORDINATORS, NO_ADMIN),
    "activity_settings": (ADMIN_A, ADMIN_A_POST),
    "sessions:seats": ("login 404 404 302 404 302", BAD_FORM_A),
    "registrations:index": (COORDINATORS, NO_ADMIN),
    "registrations:index_results": (COORDINATORS, NO_ADMIN),
    "registrations:inspect": (ADMIN_A, NO_ADMIN),
    "registrations:add": (ADMIN_A, BAD_FORM_A),
    "registrations:approve": (ADMIN_A, BAD_FORM_A),
    "registrations:decline": (ADMIN_A, BAD_FORM_A),
    "registrations:move": (ADMIN_A, BAD_FORM_A),
    "registrations:promote": (ADMIN_A, BAD_FORM_A),
    "registrations:withdraw": (ADMIN_A, BAD_FORM_A),
    "question_sets:index": (COORDINATORS, NO_ADMIN),
    "question_sets:index_results": (COORDINATORS, NO_ADMIN),
    "question_sets:add": (COORDINATORS, BAD_FORM),
    "question_sets:edit": (ADMIN_A, BAD_FORM_A),
    "question_sets:delete": (ADMIN_A, ADMIN_A_POST),
    "question_sets:copy": (ADMIN_A, ADMIN_A_POST),
    "question_sets:preview": (ADMIN_A, NO_ADMIN),
    "question_sets:history": (ADMIN_A, "login 404 404 405 404 405"),
    "question_sets:history_results": (ADMIN_A, "login 404 404 405 404 405"),
    "questionnaires:index": (COORDINATORS, NO_ADMIN),
    "questionnaires:index_results": (COORDINATORS, NO_ADMIN),
    "questionnaires:add": (COORDINATORS, BAD_FORM),
    "questionnaires:edit": (ADMIN_A, BAD_FORM_A),
    "questionnaires:delete": (ADMIN_A, ADMIN_A_POST),
    "questionnaires:copy": (ADMIN_A, ADMIN_A_POST),
    "questionnaires:preview": (ADMIN_A, NO_ADMIN),
    "questionnaires:history": (ADMIN_A, "login 404 404 405 404 405"),
    "questionnaires:history_results": (ADMIN_A, "login 404 404 405 404 405"),
    "questionnaires:standard": (COORDINATORS, NO_ADMIN),
    "questionnaires:copy_standard": (COORDINATORS, "login 404 404 302 302 404"),
    "export": (COORDINATORS, BAD_FORM),
    "agreements": (COORDINATORS, BAD_FORM),
    "erase_person": (HIDDEN, "login 404 404 404 404 422"),
    "sign_in_sheet": (ADMIN_A, NO_ADMIN),
    "message_rules:index": (COORDINATORS, NO_ADMIN),
    "message_rules:index_results": (COORDINATORS, NO_ADMIN),
    "message_rules:add": (COORDINATORS, BAD_FORM),
    "message_rules:edit": (ADMIN_A, BAD_FORM_A),
    "message_rules:preview": (ADMIN_A, NO_ADMIN),
    "message_rules:switch": (NO_ADMIN, ADMIN_A_POST),
    "messages:index": (COORDINATORS, NO_ADMIN),
    "messages:index_results": (COORDINATORS, NO_ADMIN),
    "messages:inspect": (ADMIN_A, "login 404 404 405 404 405"),
    "messages:retry": (NO_ADMIN, ADMIN_A_POST),
    "messages:held": (NO_ADMIN, "login 404 404 302 302 302"),
    "messages:write": (ADMIN_A, BAD_FORM_A),
    "messages:resume": (NO_ADMIN, ADMIN_A_POST),
    "journal": (COORDINATORS, NO_ADMIN),
    "journal_results": (COORDINATORS, NO_ADMIN),
    "organisations:index": (HIDDEN, HIDDEN_POST),
    "organisations:index_results": (HIDDEN, HIDDEN_POST),
    "organisations:add": (HIDDEN, HIDDEN),
    "organisations:edit": (HIDDEN, HIDDEN),
    "organisations:inspect": (HIDDEN, "login 404 404 404 404 422"),
    "organisations:history": (HIDDEN, HIDDEN_POST),
    "organisations:history_results": (HIDDEN, HIDDEN_POST),
    "organisations:open_page": (HIDDEN_POST, "login 404 404 404 404 302"),
    "organisations:end_coordination": (HIDDEN_POST, "login 404 404 404 404 302"),
    "themes:index": (HIDDEN, HIDDEN_POST),
    "themes:index_results": (HIDDEN, HIDDEN_POST),
    "themes:add": (HIDDEN, "login 404 404 404 404 422"),
    "themes:edit": (HIDDEN, "login 404 404 404 404 422"),
    "themes:delete": (HIDDEN, "login 404 404 404 404 302"),
}
# Whoever holds such a link is the person it was sent to; the matrix shows that it asks for no more.
BEARER_LINKS = {
    "events:registration",
    "events:withdraw",
    "events:consents",
    "events:accept_offer",
    "events:decline_offer",
    "events:survey",
    "events:participants",
    "events:participants_csv",
    "events:participants_xlsx",
    "events:participants_pdf",
    "events:participants_sheets",
    "certificates:convocation",
    "certificates:download",
    "certificates:certificate",
    "wagtaildocs_serve",
}


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Place, Place]]:
    with two_places(django_db_blocker) as found, found_once():
        yield found


def user_of(actor: str, places: tuple[Place, Place]) -> Any:
    a, b = places
    return {
        "anonymous": lambda: None,
        "professional": lambda: factories.make_user(),
        "trainer of A": lambda: a.trainer,
        "coordinator of A": lambda: a.coordinator,
        "coordinator of B": lambda: b.coordinator,
        "administrator": lambda: factories.make_admin(),
    }[actor]()


EVERYTHING = MATRIX | WAGTAIL | ACCOUNTS
POSTED = {"wagtailadmin_choose_page_external_link": {"external-link-chooser-url": "https://example.org"}}
# Parts of the list, for the processes that share it.
SLICES = 4


def test_every_address_is_declared() -> None:
    assert sorted(addresses()) == sorted(EVERYTHING)


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("actor", ACTORS)
def test_each_answer_is_the_declared_one(actor: str, part: int, places: tuple[Place, Place]) -> None:
    visitor, column = Visitor(user_of(actor, places)), ACTORS.index(actor)
    wrong = []
    for name in sorted(EVERYTHING)[part::SLICES]:
        for method, expected in zip(("get", "post"), EVERYTHING[name], strict=True):
            with transaction.atomic():
                response = visitor.ask(method, address(name, places[0]), POSTED.get(name, {}))
                got, said = answer(response), readable(response)
                transaction.set_rollback(True)
            if got != expected.split()[column]:
                wrong.append(f"{method.upper()} {name}: {got}, declared {expected.split()[column]}")
            if actor in OF_NO_BUSINESS and CANARY.lower() in said.lower():
                wrong.append(f"{method.upper()} {name} tells of B")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("actor", OF_NO_BUSINESS)
def test_no_byte_served_to_a_names_somebody_of_b(actor: str, part: int, places: tuple[Place, Place]) -> None:
    """Asked for the things of B themselves."""
    visitor = Visitor(user_of(actor, places))
    names = EVERYTHING if actor == "coordinator of A" else MATRIX
    leaks = []
    for name in sorted(names.keys() - BEARER_LINKS)[part::SLICES]:
        for method in ("get", "post"):
            with transaction.atomic():
                url = address(name, places[1])
                response = visitor.ask(method, url, POSTED.get(name, {}), follow=True)
                if CANARY.lower() in readable(response).lower().replace(url.lower(), ""):
                    leaks.append(f"{method.upper()} {name}")
                transaction.set_rollback(True)
    assert not leaks, "\n".join(leaks)


def test_the_canary_is_seen_where_it_must_be(places: tuple[Place, Place]) -> None:
    """Else the sweep above would prove nothing."""
    b = places[1]
    client = client_of(b.coordinator)
    for name in (
        "sessions:inspect",
        "messages:index",
        "messages:inspect",
        "messages:write",
        "message_rules:edit",
        "message_rules:preview",
        "registrations:index",
        "registrations:inspect",
        "registrations:move",
        "events:attendees",
        "events:attendees_csv",
        "events:attendees_xlsx",
        "events:attendees_pdf",
        "events:sheets_pdf",
        "events:participants",
        "question_sets:edit",
        "question_sets:preview",
        "questionnaires:edit",
        "questionnaires:preview",
        "sign_in_sheet",
    ):
        assert CANARY in readable(client.get(address(name, b))), name
    assert CANARY in readable(client.get(address("certificates:download", b)))


@pytest.mark.parametrize("file_type", ["csv", "xlsx", "pdf"])
def test_an_export_names_ones_own_people_only(places: tuple[Place, Place], file_type: str) -> None:
    a, b = places
    for what, column in (("registrations", "email"), ("answers", "answers"), ("attendance", "presence")):
        data = {"columns": ["last_name", column], "file_type": file_type}
        for place, canary in ((a, False), (b, True)):
            response = client_of(place.coordinator).post(f"/admin/exports/?what={what}", data)
            assert response.status_code == 200
            assert (CANARY in readable(response)) is canary, what
        stolen = client_of(a.coordinator).post("/admin/exports/", {**data, "session": b.upcoming.pk})
        assert stolen.status_code == 422
        assert CANARY not in readable(stolen)


def test_a_refused_post_changes_nothing(places: tuple[Place, Place]) -> None:
    a, b = places
    before = list(Registration.objects.order_by("pk").values_list("pk", "state"))
    for user in (None, factories.make_user(), b.trainer, b.coordinator):
        client = client_of(user)
        for name in (
            "registrations:withdraw",
            "registrations:promote",
            "registrations:add",
            "sessions:cancel",
            "events:mark",
            "events:walk_in",
            "certificates:close_sheet",
        ):
            client.post(
                address(name, a),
                {
                    "state": "confirmed",
                    "reason": "x",
                    "first_name": "X",
                    "last_name": "Y",
                    "email": "x@example.org",
                },
            )
    assert list(Registration.objects.order_by("pk").values_list("pk", "state")) == before
    a.upcoming.refresh_from_db()
    assert a.upcoming.status == Session.Status.PUBLISHED
