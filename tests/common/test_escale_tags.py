from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from common.templatetags import escale

pytestmark = pytest.mark.one_engine

EVENING = SimpleNamespace(
    starts_at=datetime(2026, 12, 17, 18, 0, tzinfo=UTC), ends_at=datetime(2026, 12, 17, 20, 30, tzinfo=UTC)
)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_hours_of_a_card_are_those_of_paris() -> None:
    assert plain(escale.french_hours(EVENING)) == "19 h – 21 h 30"


def test_when_is_one_sentence() -> None:
    assert plain(escale.french_when(EVENING)) == "jeudi 17 décembre 2026, de 19 h à 21 h 30"


def test_the_date_block_is_short() -> None:
    parts = (escale.weekday_short, escale.day_number, escale.month_short, escale.day_short)
    assert [plain(part(EVENING.starts_at)) for part in parts] == ["jeu.", "17", "déc.", "17 déc."]


def test_a_day_is_that_of_paris_even_just_after_midnight() -> None:
    assert escale.day_number(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2"


def test_a_session_over_midnight_spans_two_days() -> None:
    night = SimpleNamespace(starts_at=EVENING.starts_at, ends_at=EVENING.ends_at + timedelta(hours=4))
    assert escale.same_day(EVENING)
    assert not escale.same_day(night)


@pytest.mark.parametrize(("part", "whole", "percent"), [(0, 12, 0), (6, 12, 50), (15, 12, 100), (0, 0, 100)])
def test_a_gauge_stays_between_nothing_and_full(part: int, whole: int, percent: int) -> None:
    assert escale.percent_of(part, whole) == percent


def test_the_future_begins_now() -> None:
    assert escale.is_future(timezone.now() + timedelta(minutes=1))
    assert not escale.is_future(timezone.now())


def test_an_icon_is_decorative_and_ours() -> None:
    svg = escale.icon("phone")
    assert 'aria-hidden="true"' in svg
    assert "/static/escale/icons.svg#phone" in svg
