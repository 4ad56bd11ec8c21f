"""What is special about a day, in French, and what the calendars do not know."""

from datetime import date

import pytest

from events.domain import days_off, seasons

pytestmark = pytest.mark.one_engine


def test_public_holidays_are_named_in_french_with_typographic_apostrophes() -> None:
    assert days_off.public_holiday(date(2026, 11, 11)) == "Armistice"
    assert days_off.public_holiday(date(2027, 1, 1)) == "Jour de l’an"
    assert days_off.public_holiday(date(2026, 12, 17)) == ""


def test_easter_and_what_hangs_on_it_move() -> None:
    assert days_off.public_holiday(date(2027, 5, 6)) == "Ascension"
    assert days_off.public_holiday(date(2027, 3, 29)) == "Lundi de Pâques"


def test_school_holidays_depend_on_the_zone() -> None:
    assert days_off.school_holiday(date(2027, 2, 25), zone="B") == "Vacances d’hiver"
    assert days_off.school_holiday(date(2027, 3, 11), zone="B") == ""
    assert days_off.school_holiday(date(2026, 12, 24), zone="C") == "Vacances de Noël"


def test_a_year_without_official_calendar_is_said_and_not_taken_for_school_time() -> None:
    assert days_off.school_holiday(date(2040, 8, 1), zone="B") is None
    assert days_off.unknown_years([date(2026, 12, 17), date(2040, 8, 1), date(2040, 9, 1)]) == [
        "2039-2040",
        "2040-2041",
    ]


def test_the_school_calendar_is_known_to_the_end_of_its_last_published_summer() -> None:
    last = days_off.known_until()
    assert days_off.school_holiday(last, zone="B") == "Vacances d’été"
    assert days_off.school_holiday(date(last.year, 9, 10), zone="B") is None


def test_a_season_goes_from_the_first_of_september_to_the_end_of_august() -> None:
    assert seasons.season_of(date(2026, 9, 1)) == (date(2026, 9, 1), date(2027, 8, 31))
    assert seasons.season_of(date(2027, 8, 31)) == (date(2026, 9, 1), date(2027, 8, 31))
    assert seasons.season_of(date(2026, 8, 31)) == (date(2025, 9, 1), date(2026, 8, 31))
    assert seasons.label(date(2027, 1, 5)) == "2026-2027"
