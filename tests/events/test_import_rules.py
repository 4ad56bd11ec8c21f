"""What an import does to the database, once, twice, and with bad lines among the good."""

from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from pytest_django import DjangoAssertNumQueries

from common.errors import DomainError
from events.domain import imports
from events.domain.imports import Action, Plan, Result, applying
from events.models import (
    ActivityPage,
    Attendance,
    AttendanceSheet,
    Message,
    Registration,
    Session,
    SurveyResponse,
)
from members.models import User
from tests import factories
from tests.events.import_files import SAMPLE, csv_file, line, xlsx_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity() -> ActivityPage:
    return factories.make_activity(slug="cafe-des-soignants")


def planned(activity: ActivityPage, *lines: Any) -> Plan:
    return imports.plan(activity=activity, table=imports.read_rows(csv_file(*lines)))


def imported(activity: ActivityPage, *lines: Any) -> Result:
    return imports.apply(plan=planned(activity, *lines), by=None)


def counts() -> Counter[str]:
    models = apps.get_app_config("events").get_models()
    return Counter({model.__name__: model._default_manager.count() for model in models}) + Counter(
        User=User.objects.count()
    )


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_the_sample_is_imported_once_and_again_without_change(activity: ActivityPage) -> None:
    said = run("import_participations", str(SAMPLE), "--activity", activity.slug)
    assert "174 créées, 0 modifiées, 0 inchangées, 0 refusées, 12 sessions écrites" in said
    before = counts()
    answers = sorted(SurveyResponse.objects.values_list("pk", flat=True))
    said = run("import_participations", str(SAMPLE), "--activity", activity.slug)
    assert "0 créées, 0 modifiées, 174 inchangées, 0 refusées, 0 sessions écrites" in said
    assert counts() == before
    assert sorted(SurveyResponse.objects.values_list("pk", flat=True)) == answers
    assert not Message.objects.exists()


def test_a_dry_run_writes_nothing(activity: ActivityPage) -> None:
    before = counts()
    said = run("import_participations", str(SAMPLE), "--activity", activity.slug, "--dry-run")
    assert "174 créées" in said
    assert "Rien n’a été écrit" in said
    assert counts() == before


def test_imported_sessions_are_published_past_and_settled(activity: ActivityPage) -> None:
    imported(activity, line(), line(Courriel="zoe@example.org", Présence="Absent", Note=""))
    session = activity.sessions.get()
    assert (session.status, session.imported, session.place_name, session.city) == (
        Session.Status.PUBLISHED, True, "Maison de santé", "Le Havre",
    )  # fmt: skip
    assert (session.capacity, session.seats_taken, session.excess) == (12, 2, 0)
    assert session.completed_at
    sheet = AttendanceSheet.objects.get()
    assert (sheet.source, [row["state"] for row in sheet.content]) == ("import", ["present", "absent"])


def test_people_beyond_the_seats_are_all_kept(activity: ActivityPage) -> None:
    imported(activity, *[line(Courriel=f"p{i}@example.org", Places=2) for i in range(5)])
    session = activity.sessions.get()
    assert (session.capacity, session.seats_taken, session.excess) == (2, 5, 3)


def test_people_are_matched_by_normalised_address(activity: ActivityPage) -> None:
    known = factories.make_user(email="yann.hamel@example.org", first_name="Yann", last_name="Hamel-Petit")
    imported(activity, line(Courriel=" Yann.HAMEL@Example.Org "))
    registration = Registration.objects.get()
    assert registration.user == known
    assert registration.last_name == "Hamel"
    known.refresh_from_db()
    assert known.last_name == "Hamel-Petit"


def test_who_withdrew_takes_no_seat_and_has_no_mark(activity: ActivityPage) -> None:
    imported(activity, line(Présence="Désisté", Note=""))
    assert Registration.objects.get().state == Registration.State.WITHDRAWN
    assert not Attendance.objects.exists()
    assert activity.sessions.get().seats_taken == 0


def test_a_corrected_line_updates_its_registration_and_the_counters(activity: ActivityPage) -> None:
    imported(activity, line(), line(Courriel="zoe@example.org"))
    plan = planned(activity, line(Présence="Désisté", Note=""), line(Courriel="zoe@example.org"))
    assert [one.action for one in plan.lines] == [Action.UPDATE, Action.UNCHANGED]
    imports.apply(plan=plan, by=None)
    assert activity.sessions.get().seats_taken == 1
    assert AttendanceSheet.objects.count() == 2  # the first version stays
    again = planned(activity, line(Présence="Désisté", Note=""), line(Courriel="zoe@example.org"))
    assert not again.changes_anything


def test_marks_are_detached_and_replaced_by_the_next_import(activity: ActivityPage) -> None:
    imported(activity, line(Note="8"), line(Courriel="zoe@example.org", Note="10"))
    plan = planned(activity, line(Note="7"), line(Courriel="zoe@example.org", Note="10"))
    assert [one.action for one in plan.lines] == [Action.UNCHANGED, Action.UNCHANGED]
    assert "2 notes déjà importées sont remplacées par les 2" in plan.notices[0]
    imports.apply(plan=plan, by=None)
    assert sorted(SurveyResponse.objects.values_list("score", flat=True)) == [7, 10]
    assert {field.name for field in SurveyResponse._meta.get_fields() if field.is_relation} == {"survey"}


def test_a_corrected_capacity_is_taken_over_without_a_word_to_anybody(activity: ActivityPage) -> None:
    imported(activity, line())
    imported(activity, line(Places="14", Lieu="Ailleurs, Fécamp"))
    session = activity.sessions.get()
    assert (session.capacity, session.place_name, session.city) == (14, "Ailleurs", "Fécamp")
    assert not Message.objects.exists()


def test_bad_lines_are_named_and_do_not_stop_the_others(activity: ActivityPage) -> None:
    plan = planned(
        activity,
        line(),
        line(Courriel="pas une adresse"),
        line(Date="31/02/2024", Courriel="a@example.org"),
        line(Nom="", Prénom="x" * 10_000, Courriel="b@example.org"),
        line(Nom="a\0b", Courriel="c@example.org"),
        line(Prénom="🎉", Courriel="d@example.org"),
        line(Courriel="é@example.org"),
        line(Présence="?", Courriel="f@example.org"),
        line(Adhérent="peut-être", Courriel="g@example.org"),
        line(Places="beaucoup", Courriel="h@example.org"),
        line(Profession="a\0b", Courriel="i@example.org"),
        line(Courriel="YANN.hamel@example.org"),
        line(Courriel="zoe@example.org"),
    )
    refused = {one.number: one.errors for one in plan.lines if one.action == Action.ERROR}
    assert list(refused) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert refused[4] == ["Date : « 31/02/2024 » n’existe pas dans le calendrier."]
    assert refused[5] == ["Nom : la case est vide.", "Prénom : 10000 caractères, 80 au plus."]
    assert refused[13] == ["Courriel : cette personne figure déjà à la ligne 2 pour cette session."]
    result = imports.apply(plan=plan, by=None)
    assert (result.created, result.refused) == (2, 11)


def test_what_is_doubtful_is_left_out_and_said(activity: ActivityPage) -> None:
    plan = planned(
        activity,
        line(Profession="Naturopathe", RPPS="123", Note="7,5", Civilité="Dr", Adhérent=""),
        line(Courriel="zoe@example.org", RPPS="12345678901", Présence="Absent", Note="8", Places="14"),
    )
    first, second = plan.lines
    assert first.warnings == [
        "Adhérent CPTS : la case est vide, comptée « Non ».",
        "Civilité : « Dr » n’est ni Mme ni M., laissée vide.",
        "RPPS : « 123 » ne compte pas 11 chiffres, laissé vide.",
        "Profession : « Naturopathe » n’est pas reconnue, laissée vide.",
        "Note : « 7,5 » n’est pas un nombre entier, non comptée.",
    ]
    assert second.warnings == [
        "RPPS : 12345678901 semble mal recopié (clé de contrôle), gardé tel quel.",
        "Note : la personne n’était pas présente, non comptée.",
        "Places : différent de la ligne 2, qui fait foi.",
    ]
    imports.apply(plan=plan, by=None)
    registration = Registration.objects.get(email="yann.hamel@example.org")
    assert (registration.profession, registration.civility, registration.rpps, registration.is_member) == (
        "", "", "", False,
    )  # fmt: skip
    assert Registration.objects.get(email="zoe@example.org").rpps == "12345678901"
    assert activity.sessions.get().capacity == 12


def test_two_names_behind_one_address_are_doubted(activity: ActivityPage) -> None:
    plan = planned(activity, line(), line(Date="20/06/2024", Prénom="Zoé"))
    assert plan.lines[1].warnings == ["Courriel : le même qu’à la ligne 2, sous un autre nom."]


def test_a_session_to_come_is_refused(activity: ActivityPage) -> None:
    plan = planned(activity, line(Date="21/05/2099"))
    assert plan.lines[0].errors == [
        "Date : cette session n’est pas encore passée. L’import reprend ce qui a eu lieu."
    ]


def test_a_session_held_in_escale_is_not_overwritten(activity: ActivityPage) -> None:
    session = factories.make_session(activity, days=-10, title="Yoga")
    day = session.starts_at.astimezone().strftime("%d/%m/%Y")
    plan = planned(activity, line(Date=day, Atelier="Yoga"))
    assert "notez les présences sur sa feuille d’émargement" in plan.lines[0].errors[0]
    assert not plan.changes_anything


def test_a_cancelled_import_is_not_revived(activity: ActivityPage) -> None:
    imported(activity, line())
    activity.sessions.update(status=Session.Status.CANCELLED)
    assert "n’est plus publiée" in planned(activity, line()).lines[0].errors[0]


def test_another_activity_may_import_the_same_session(activity: ActivityPage) -> None:
    other = factories.make_activity()
    imported(activity, line())
    assert imported(other, line()).created == 1
    assert User.objects.filter(email="yann.hamel@example.org").count() == 1


def test_a_failing_session_is_named_and_leaves_the_others(
    activity: ActivityPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = applying.attendance.settle_imported_sheet

    def failing(*, slot: Any, by: Any) -> Any:
        if slot.session.title == "Yoga":
            raise DatabaseError("secret")
        if slot.session.title == "Chant":
            raise DomainError("impossible.")
        return settle(slot=slot, by=by)

    monkeypatch.setattr(applying.attendance, "settle_imported_sheet", failing)
    result = imported(
        activity,
        line(),
        line(Date="20/06/2024", Atelier="Yoga", Courriel="new@example.org"),
        line(Date="21/06/2024", Atelier="Chant"),
    )
    assert (result.created, result.sessions) == (1, 1)
    assert [failure.split(" : ")[0] for failure in result.failures] == [
        "Yoga, 20/06/2024",
        "Chant, 21/06/2024",
    ]
    assert "secret" not in str(result.failures)
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_workbook_imports_like_its_csv(activity: ActivityPage) -> None:
    imported(activity, line(Note="8,0"))
    table = imports.read_rows(xlsx_file(line(Places=12.0, Note=8.0)))
    assert not imports.plan(activity=activity, table=table).changes_anything


def test_planning_takes_as_many_queries_for_one_line_as_for_many(
    activity: ActivityPage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = [line(Courriel=f"p{i}@example.org", Date=f"{i + 1:02}/06/2024") for i in range(9)]
    imported(activity, *many)
    for lines in (many[:1], many):
        table = imports.read_rows(csv_file(*lines))
        with django_assert_num_queries(4):
            imports.plan(activity=activity, table=table)


def test_a_session_takes_as_many_queries_for_one_line_as_for_many(
    activity: ActivityPage, django_assert_max_num_queries: Any
) -> None:
    imported(activity, line(Date="01/06/2024"))  # content types are cached from now on
    for day, number in (("02/06/2024", 1), ("03/06/2024", 30)):
        plan = planned(
            activity, *[line(Date=day, Courriel=f"{day[1]}{i}@example.org") for i in range(number)]
        )
        with django_assert_max_num_queries(51):
            imports.apply(plan=plan, by=None)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "vide"), (b"rubbish", "titres des colonnes"), (None, "ne peut pas être lu")]
)
def test_the_command_refuses_a_bad_file_with_a_sentence(
    activity: ActivityPage, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        run("import_participations", str(path), "--activity", activity.slug)


def test_the_command_refuses_an_unknown_activity(activity: ActivityPage) -> None:
    with pytest.raises(CommandError, match="Aucun dispositif ne porte l’identifiant « yoga »"):
        run("import_participations", str(SAMPLE), "--activity", "yoga")


def test_the_command_names_bad_lines(activity: ActivityPage, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(csv_file(line(Date="31/02/2024"), line(Profession="Naturopathe")))
    said = run("import_participations", str(path), "--activity", activity.slug)
    assert "Ligne 2 refusée : Date : « 31/02/2024 » n’existe pas dans le calendrier." in said
    assert "Ligne 3 : Profession : « Naturopathe » n’est pas reconnue, laissée vide." in said
