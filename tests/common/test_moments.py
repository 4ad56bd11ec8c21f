from datetime import UTC, date, datetime

import pytest

from common import moments

pytestmark = pytest.mark.one_engine

EVENING = datetime(2026, 12, 17, 18, 0, tzinfo=UTC)  # 19 h in Paris


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("utc", "text"),
    [
        (EVENING, "19 h"),
        (EVENING.replace(minute=5), "19 h 05"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "1 h 59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "3 h"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2 h 30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2 h 30"),
    ],
)
def test_hours_are_those_of_paris_across_both_clock_changes(utc: datetime, text: str) -> None:
    assert plain(moments.hour(utc)) == text


def test_a_day_is_written_short_in_paris() -> None:
    late = EVENING.replace(hour=23, minute=30)
    assert plain(moments.short_day(late)) == "18/12/2026"
    assert plain(moments.short_moment(late)) == "18/12/2026 à 0 h 30"


def test_a_day_is_written_in_full() -> None:
    assert plain(moments.day(EVENING)) == "jeudi 17 décembre 2026"


def test_the_first_of_a_month_is_1er() -> None:
    assert plain(moments.day(EVENING.replace(day=1))) == "mardi 1er décembre 2026"


def test_an_evening_is_a_day_and_two_hours() -> None:
    text = moments.span(EVENING, EVENING.replace(hour=20))
    assert plain(text) == "jeudi 17 décembre 2026, de 19 h à 21 h"


def test_a_colloque_runs_from_one_day_to_another() -> None:
    text = moments.span(EVENING, EVENING.replace(day=18))
    assert plain(text) == "du jeudi 17 décembre 2026 à 19 h au vendredi 18 décembre 2026 à 19 h"


@pytest.mark.parametrize(("minutes", "text"), [(0, "0 h"), (45, "45 min"), (120, "2 h"), (150, "2 h 30")])
def test_a_duration_says_hours_and_minutes(minutes: int, text: str) -> None:
    assert plain(moments.duration(minutes)) == text


def test_a_large_number_is_cut_by_thousands() -> None:
    assert plain(moments.number(1_234_567)) == "1 234 567"


def test_a_date_is_written_without_its_weekday() -> None:
    assert plain(moments.date_text(date(2026, 12, 1))) == "1er décembre 2026"
