"""Thirty people answer in a known order. Whatever is left of it, nobody finds who said what.

Each answer is made to be recognised: the text names its author, mark and first scale together stand for
one person only, the second scale rises with the order of arrival. The attacker holds the database, its files,
the cache and the logs, and knows who answered first, second… Chance finds one person in thirty at their rank.
"""

import json
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client

from events.domain import survey as rules
from events.domain.links import invitation_token
from events.domain.survey import answering, unsealing
from events.models import JournalEntry, Message, SealedResponse, Survey, SurveyResponse, SurveyText
from tests.events.test_survey_rules import open_one
from tests.processes import eventually

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 30
MARK = "Zqavis"
CIPHER = re.compile(rb"gAAAA[\w-]{80,}")
# By chance the correlation of thirty ranks leaves ±0.75 less than once in 100 000; more than seven stand at
# their rank once in 90 000; thirteen marks in thirty are right once in a million.
CORRELATION, AT_THEIR_RANK, WHOLE, MARKS_RIGHT = 0.75, 7, 13, 13
# Databases of one server share their log: what one test wrote is none of the next one's.
TIME = {"now": ""}
PLACE = {"sqlite": "rowid", "postgresql": "ctid"}


def values(person: int) -> dict[str, Any]:
    """The answers of one person: (note, utile) is theirs alone, accueil rises with arrival."""
    text = f"{MARK}{person:02}{TIME['now']}"
    return {"note": person % 11, "utile": 1 + person % 5, "accueil": 1 + person // 6, "mot": text}


def everybody_answers() -> Survey:
    survey = open_one(PEOPLE)
    for person, invitation in enumerate(survey.invitations.order_by("pk")):
        rules.answer(invitation=invitation, values=values(person))
    return survey


def everybody_answered() -> Survey:
    survey = everybody_answers()
    rules.unseal_due()
    survey.refresh_from_db()
    assert survey.unsealed_at
    return survey


@pytest.fixture(autouse=True)
def a_time_of_its_own() -> None:
    TIME["now"] = secrets.token_hex(4)


def texts_in(content: bytes) -> list[int]:
    return [int(each) for each in re.findall(rf"{MARK}(\d\d){TIME['now']}".encode(), content)]


# --- What the attacker measures


def correlation(ranks: list[int]) -> float:
    """How far a sequence of ``ranks`` follows the order of arrival: Pearson, of places and ranks."""
    n = len(ranks)
    places = range(n)
    mean_place, mean_rank = (n - 1) / 2, sum(ranks) / n
    above = sum((p - mean_place) * (r - mean_rank) for p, r in zip(places, ranks, strict=True))
    below = (sum((p - mean_place) ** 2 for p in places) * sum((r - mean_rank) ** 2 for r in ranks)) ** 0.5
    return above / below if below else 1.0


def better_than_chance(ranks: list[int]) -> bool:
    forward = sum(place == rank for place, rank in enumerate(ranks))
    backward = sum(place == rank for place, rank in enumerate(reversed(ranks)))
    return abs(correlation(ranks)) > CORRELATION or max(forward, backward) > AT_THEIR_RANK


def asked(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def number_in(text: str) -> int:
    return int(text.removeprefix(MARK)[:2])


def telling_orders() -> list[str]:
    """Orders that tell who answered when: rows as they lie, by id, by the transaction that wrote them."""
    places = [PLACE[connection.vendor], "id", "CAST(id AS text)"]
    if connection.vendor == "postgresql":
        places += ["xmin::text::bigint, ctid", "xmin::text::bigint DESC, ctid DESC"]
    return [f"{what} by {place}" for place in places for what, tells in told_by(place) if tells]


def told_by(place: str) -> Iterator[tuple[str, bool]]:
    texts = asked(f"SELECT text FROM events_surveytext ORDER BY {place}")
    yield "texts", better_than_chance([number_in(text) for text in texts])
    rows = rows_by(place)
    yield "scales", better_than_chance([row.answers["accueil"] for row in rows])
    for order in (rows, rows[::-1]):  # marks go round from 0 to 10 as people arrive
        yield "marks", sum(row.score == place % 11 for place, row in enumerate(order)) > MARKS_RIGHT


def rows_by(place: str) -> list[SurveyResponse]:
    return list(SurveyResponse.objects.raw(f"SELECT * FROM events_surveyresponse ORDER BY {place}"))


def whole_rows() -> int:
    """Rows on which everything one person said is still together."""
    people = {(each["note"], each["utile"], each["accueil"]) for each in map(values, range(PEOPLE))}
    found = SurveyResponse.objects.all()
    return sum((row.score, row.answers["utile"], row.answers["accueil"]) in people for row in found)


def files() -> dict[str, bytes]:
    """The database's own files, free pages and write-ahead log included, where they can be read."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        paths = [Path(name), Path(f"{name}-wal")]
        return {path.name: path.read_bytes() for path in paths if path.exists()}
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        root = Path(cursor.fetchone()[0])
        cursor.execute("SELECT pg_relation_filepath('events_sealedresponse')")
        sealed = root / cursor.fetchone()[0]
        cursor.execute("SELECT pg_relation_filepath('events_surveytext')")
        texts = root / cursor.fetchone()[0]
        cursor.execute("SELECT pg_walfile_name(pg_current_wal_lsn())")
        wal = root / "pg_wal" / cursor.fetchone()[0]
    return {path.name: path.read_bytes() for path in (sealed, texts, wal) if os.access(path, os.R_OK)}


def told_elsewhere(caplog: pytest.LogCaptureFixture) -> str:
    """Logs (the statements of a debugging database apart), the journal, messages, the cache."""
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    rows = [model_to_dict(each) for model in (JournalEntry, Message) for each in model.objects.all()]
    return f"{lines}{rows}{vars(cache).get('_cache', '')}"


# --- The attacks


def test_no_order_of_the_rows_tells_who_answered_when() -> None:
    everybody_answered()
    assert SurveyText.objects.count() == SurveyResponse.objects.count() == PEOPLE
    assert not telling_orders()


def test_no_row_holds_what_one_person_said() -> None:
    everybody_answered()
    assert whole_rows() <= WHOLE


def test_the_bytes_of_the_database_tell_no_order() -> None:
    """Free pages and write-ahead log: what was sealed is never there in clear, nor ciphers afterwards."""
    survey = everybody_answers()
    for name, content in files().items():
        assert not texts_in(content), f"{name} holds a text that is sealed"
    # A busy server may write a page later than it says.
    eventually(lambda: any(map(CIPHER.search, files().values())), "the files hold what is sealed")
    rules.unseal_due()
    survey.refresh_from_db()
    assert survey.unsealed_at
    for name, content in files().items():
        found = texts_in(content)
        for ranks in (list(dict.fromkeys(found)), list(dict.fromkeys(reversed(found)))):
            assert len(ranks) < PEOPLE or not better_than_chance(ranks), name
        if connection.vendor == "sqlite":
            assert not CIPHER.search(content), f"{name} still holds an answer as it was sealed"


def test_watching_the_sealed_rows_tells_no_new_one_from_the_old() -> None:
    """After each answer every row has another id, another cipher, the same length; and one transaction."""
    survey = open_one(PEOPLE)
    before: set[Any] = set()
    for person, invitation in enumerate(survey.invitations.order_by("pk")):
        rules.answer(invitation=invitation, values=values(person))
        rows = list(SealedResponse.objects.all())
        now = {part for row in rows for part in (row.pk, row.sealed)}
        assert len(now) == 2 * (person + 1)
        assert not now & before
        assert len({len(row.sealed) for row in rows}) == 1
        if connection.vendor == "postgresql":
            assert len(asked("SELECT DISTINCT xmin::text FROM events_sealedresponse")) == 1
        before = now


def test_nothing_bears_a_time_and_the_invitations_forget(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        survey = everybody_answers()
        tokens = SealedResponse.objects.values_list("sealed", flat=True)
        assert {token[:11] for token in tokens} == {"gAAAAAAAAAA"}  # no time in the cipher
        rules.unseal_due()
    for model in (SealedResponse, SurveyResponse, SurveyText):
        kinds = {field.get_internal_type() for field in model._meta.fields}
        assert not kinds & {"DateTimeField", "DateField", "BigAutoField", "AutoField"}
    assert set(survey.invitations.values_list("answered", flat=True)) == {True}
    if connection.vendor == "postgresql":
        assert len(asked("SELECT DISTINCT xmin::text FROM events_surveyinvitation")) == 1
    assert MARK not in told_elsewhere(caplog)


def test_answering_in_a_browser_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    survey = open_one(2)
    invitation = survey.invitations.order_by("pk").first()
    assert invitation
    browser = Client()
    told = values(7)
    with caplog.at_level(logging.DEBUG):
        response = browser.post(
            f"/avis/{invitation_token(invitation)}/",
            {**told, "score": told["note"], "comment": told["mot"]},
        )
    assert response.status_code == 302
    assert SealedResponse.objects.count() == 1
    assert MARK not in told_elsewhere(caplog)
    assert not browser.session.keys()
    assert not any(texts_in(content) for content in files().values())


# --- The attacks are worth something: without the protections they succeed


def unprotected(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    def as_they_came(self: Any, rows: list[Any], number: int) -> list[Any]:
        return rows

    if what == "shuffle":
        for module in (answering, unsealing):
            monkeypatch.setattr(module.SystemRandom, "shuffle", lambda self, rows: None)
            monkeypatch.setattr(module.SystemRandom, "sample", as_they_came)
    if what == "seal":
        for module in (answering, unsealing):
            if hasattr(module, "sealed"):
                monkeypatch.setattr(module, "sealed", lambda found, *, seal, room: json.dumps(found))
            monkeypatch.setattr(module, "opened", lambda token, *, seal: json.loads(token))


@pytest.mark.parametrize(
    ("without", "attack"),
    [
        ("shuffle", test_no_order_of_the_rows_tells_who_answered_when),
        ("shuffle", test_no_row_holds_what_one_person_said),
        ("seal", test_the_bytes_of_the_database_tell_no_order),
    ],
)
def test_without_its_protection_each_attack_succeeds(
    monkeypatch: pytest.MonkeyPatch, without: str, attack: Callable[[], None]
) -> None:
    unprotected(monkeypatch, without)
    with pytest.raises(AssertionError):
        attack()
