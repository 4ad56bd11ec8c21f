"""« Every third Thursday », lists that people paste, hours that stay across the clock changes."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain import recurrence, written_dates
from events.domain.recurrence import Rank, Rhythm, Span

THURSDAY, FRIDAY, SATURDAY = 3, 4, 5


def rhythm(rank: str = Rank.THIRD, weekday: int = THURSDAY, **fields: date) -> Rhythm:
    span = {"since": date(2026, 9, 1), "until": date(2027, 6, 30)} | fields
    return Rhythm(rank=Rank(rank), weekday=weekday, **span)


def days(*found: date) -> list[str]:
    return [f"{day:%d/%m/%y}" for day in found]


def test_every_third_thursday_from_september_to_june_makes_ten_dates() -> None:
    assert days(*recurrence.dates(rhythm=rhythm())) == [
        "17/09/26", "15/10/26", "19/11/26", "17/12/26", "21/01/27",
        "18/02/27", "18/03/27", "15/04/27", "20/05/27", "17/06/27",
    ]  # fmt: skip


def test_a_fifth_thursday_comes_only_in_months_that_have_one() -> None:
    assert days(*recurrence.dates(rhythm=rhythm(Rank.FIFTH))) == [
        "29/10/26", "31/12/26", "29/04/27",
    ]  # fmt: skip


def test_the_last_friday_is_the_fourth_or_the_fifth() -> None:
    found = recurrence.dates(rhythm=rhythm(Rank.LAST, FRIDAY, until=date(2026, 12, 31)))
    assert days(*found) == ["25/09/26", "30/10/26", "27/11/26", "25/12/26"]


def test_every_week_and_every_two_weeks_count_from_the_first_such_day() -> None:
    until = date(2026, 9, 30)
    assert days(*recurrence.dates(rhythm=rhythm(Rank.EVERY, until=until))) == [
        "03/09/26", "10/09/26", "17/09/26", "24/09/26",
    ]  # fmt: skip
    assert days(*recurrence.dates(rhythm=rhythm(Rank.FORTNIGHT, until=until))) == ["03/09/26", "17/09/26"]


def test_both_ends_of_the_period_belong_to_it() -> None:
    found = recurrence.dates(
        rhythm=rhythm(Rank.EVERY, since=date(2026, 9, 3), until=date(2026, 9, 10)),
    )
    assert days(*found) == ["03/09/26", "10/09/26"]


def test_excluded_days_and_weeks_are_left_out() -> None:
    without = [Span(date(2026, 10, 12), date(2026, 10, 18)), Span(date(2027, 1, 21), date(2027, 1, 21))]
    found = recurrence.dates(rhythm=rhythm(), without=without)
    assert len(found) == 8
    assert {date(2026, 10, 15), date(2027, 1, 21)}.isdisjoint(found)


def test_a_period_that_ends_before_it_begins_is_refused_beside_its_end() -> None:
    with pytest.raises(DomainError, match="finit avant de commencer") as refusal:
        recurrence.dates(rhythm=rhythm(until=date(2026, 8, 31)))
    assert refusal.value.field == "until"


def test_more_than_sixty_dates_are_refused() -> None:
    with pytest.raises(DomainError, match="60 dates au plus"):
        recurrence.dates(rhythm=rhythm(Rank.EVERY, until=date(2028, 6, 30)))


@pytest.mark.parametrize(
    "typed",
    [
        "17/12/2026",
        "17-12-2026",
        "17.12.26",
        "2026-12-17",
        "jeudi 17 décembre 2026",
        "Jeu. 17 déc. 2026",
        "17 DECEMBRE 2026",
        " 17 / 12 / 2026 ,",
        "17\N{NO-BREAK SPACE}décembre 2026",
    ],
)
def test_a_date_is_read_as_people_write_it(typed: str) -> None:
    assert recurrence.read_dates(typed) == [date(2026, 12, 17)]


def test_a_list_is_sorted_without_repetition_and_forgives_blank_lines() -> None:
    pasted = "21/01/2027\r\n\r\n1er avril 2027\n17/12/2026; 21/01/2027\n"
    assert recurrence.read_dates(pasted) == [date(2026, 12, 17), date(2027, 1, 21), date(2027, 4, 1)]


@pytest.mark.parametrize("typed", ["31/02/2027", "jeudi", "17/12", "17/13/2026", "17/12/2026 19:00"])
def test_what_is_no_date_is_named_with_its_line(typed: str) -> None:
    with pytest.raises(DomainError, match=r"^Ligne 2") as refusal:
        recurrence.read_dates(f"17/12/2026\n{typed}")
    assert refusal.value.field == "dates"


def test_a_weekday_that_contradicts_its_date_is_refused() -> None:
    with pytest.raises(DomainError, match="est un jeudi"):
        recurrence.read_dates("vendredi 17 décembre 2026")


def test_a_year_far_away_and_an_empty_list_are_refused() -> None:
    with pytest.raises(DomainError, match="entre 2000 et 2100"):
        recurrence.read_dates("17/12/1026")
    with pytest.raises(DomainError, match="au moins une date"):
        recurrence.read_dates("  \n ")


def test_a_very_long_list_is_refused() -> None:
    first = date(2026, 1, 1)
    pasted = "\n".join(f"{first + timedelta(days=n):%d/%m/%Y}" for n in range(61))
    with pytest.raises(DomainError, match="60 dates au plus"):
        recurrence.read_dates(pasted)


def test_exclusions_are_days_weeks_and_periods() -> None:
    typed = "17/12/2026\nsemaine du 23/12/2026\ndu 20 février 2027 au 07/03/2027"
    assert recurrence.read_exclusions(typed) == [
        Span(date(2026, 12, 17), date(2026, 12, 17)),
        Span(date(2026, 12, 21), date(2026, 12, 27)),
        Span(date(2027, 2, 20), date(2027, 3, 7)),
    ]
    assert recurrence.read_exclusions("") == []


@pytest.mark.parametrize("typed", ["semaine de Noël", "du 07/03/2027 au 20/02/2027", "du 1/1/2027"])
def test_an_exclusion_that_cannot_be_read_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        recurrence.read_exclusions(typed)
    assert refusal.value.field == "without"


@pytest.mark.parametrize("day", [date(2026, 10, 22), date(2026, 10, 29), date(2027, 3, 25), date(2027, 4, 1)])
def test_nineteen_stays_nineteen_across_both_clock_changes(day: date) -> None:
    assert timezone.localtime(recurrence.moment(day, time(19))).strftime("%d %H:%M") == f"{day:%d} 19:00"


def test_a_shift_keeps_the_hour_across_a_clock_change() -> None:
    before = recurrence.moment(date(2026, 10, 22), time(19))
    after = recurrence.shifted(before, days=7)
    assert timezone.localtime(after) == recurrence.moment(date(2026, 10, 29), time(19))
    assert after.timestamp() - before.timestamp() == timedelta(days=7, hours=1).total_seconds()


@pytest.mark.parametrize(
    ("day", "why"), [(date(2027, 3, 28), "n’existe pas"), (date(2026, 10, 25), "existe deux fois")]
)
def test_an_hour_that_does_not_exist_or_exists_twice_is_refused(day: date, why: str) -> None:
    with pytest.raises(DomainError, match=why):
        recurrence.moment(day, time(2, 30))


@pytest.mark.parametrize(
    ("day", "next_year"),
    [
        (date(2026, 9, 17), date(2027, 9, 16)),  # third Thursday
        (date(2026, 10, 29), date(2027, 10, 28)),  # a fifth Thursday, then the last one
        (date(2028, 2, 29), date(2029, 2, 27)),  # a fifth Tuesday of February
        (date(2026, 12, 31), date(2027, 12, 30)),
    ],
)
def test_a_year_later_is_the_same_weekday_of_the_same_rank(day: date, next_year: date) -> None:
    found = recurrence.a_year_later(day)
    assert found == next_year
    assert found.weekday() == day.weekday()


def test_hours_of_a_day_are_read_as_people_write_them() -> None:
    evening = [(time(19), time(21))]
    for typed in ("19:00–21:00", "19h-21h", "19 h – 21 h", "de 19h00 à 21h00", "19:00 21:00"):
        assert written_dates.read_hours(typed) == evening, typed
    assert written_dates.read_hours("9h-12h, 14h-17h30") == [(time(9), time(12)), (time(14), time(17, 30))]
    assert (
        written_dates.write_hours(written_dates.read_hours("9h-12h et 14h-17h30"))
        == "9:00–12:00, 14:00–17:30"
    )


@pytest.mark.parametrize(
    "typed", ["", "19h", "21h-19h", "25h-26h", "9h-12h, 11h-13h", "le soir", "19:00-21:00 x"]
)
def test_hours_that_cannot_be_are_refused(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        written_dates.read_hours(typed)
    assert refusal.value.field == "hours"


def test_naive_hours_never_leave_the_rule() -> None:
    assert isinstance(recurrence.moment(date(2026, 12, 17), time(19)), datetime)
    assert recurrence.moment(date(2026, 12, 17), time(19)).tzinfo is not None
