"""Reading the answers of some activities at one moment, question by question, whatever the period."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from events.domain.survey.blocks import Part, part_of
from events.domain.survey.questions import Kind, score_key
from events.models import SealedResponse, Survey, SurveyInvitation, SurveyResponse, SurveyText

# A question, or one line of a grid; the survey of an answer, and whether it was imported.
Name = tuple[str, str]
Source = tuple[int, bool]


@dataclass
class Column:
    """All the answers to one question, or to one line of a grid."""

    key: str
    row: str
    kind: str
    label: str
    options: list[str]
    parts: list[Part] = field(default_factory=list)
    values: dict[Source, list[Any]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Answers:
    """``columns`` in the order in which the latest survey asks; counts are by session.

    ``scores`` are the keys of the questions whose marks are averaged: the first 0–10 one of each survey.
    """

    columns: list[Column]
    received: dict[int, int]
    invited: dict[int, int]
    scores: frozenset[str]


def collect(activities: Collection[int], *, moment: str) -> Answers:
    """Five queries, whatever there is."""
    asked = Survey.objects.filter(session__activity__in=activities, moment=moment)
    surveys = {each.pk: each for each in asked.select_related("session").order_by("-opened_at", "-pk")}
    columns = _columns(surveys.values())
    received: dict[int, int] = defaultdict(int)
    numbers: dict[Source, int] = defaultdict(int)
    rows = SurveyResponse.objects.filter(survey__in=surveys).order_by("pk")
    for pk, imported, score, given in rows.values_list("survey", "imported", "score", "answers"):
        survey = surveys[pk]
        received[survey.session_id] += 1
        numbers[pk, imported] += 1
        for name, value in _given(survey, score, given):
            if name in columns:
                columns[name].values[pk, imported].append(value)
    _add_texts(columns, surveys)
    for column in columns.values():
        _weigh(column, surveys, numbers)
    for session, number in _by_session(SealedResponse.objects.filter(survey__in=surveys)):
        received[session] += number
    invited = dict(_by_session(SurveyInvitation.objects.filter(survey__in=surveys)))
    asked_here = {each.session_id: invited.get(each.session_id, 0) for each in surveys.values()}
    scores = frozenset(score_key(each.questions) for each in surveys.values()) - {""}
    return Answers(list(columns.values()), dict(received), asked_here, scores)


def _columns(surveys: Collection[Survey]) -> dict[Name, Column]:
    found: dict[Name, Column] = {}
    for survey in surveys:
        for each in survey.questions:
            for row in each["rows"] if each["kind"] == Kind.MATRIX else [""]:
                known = found.setdefault(
                    (each["key"], row), Column(each["key"], row, each["kind"], each["label"], [])
                )
                known.options += [option for option in each["options"] if option not in known.options]
    return found


def _given(survey: Survey, score: int | None, given: dict[str, Any]) -> Iterator[tuple[Name, Any]]:
    if score is not None:
        yield (score_key(survey.questions), ""), score
    for key, value in given.items():
        if isinstance(value, dict):
            yield from (((key, row), step) for row, step in value.items())
        else:
            yield (key, ""), value


def _add_texts(columns: dict[Name, Column], surveys: dict[int, Survey]) -> None:
    texts = SurveyText.objects.filter(survey__in=surveys).order_by("pk")  # ids are random
    for text in texts:
        if column := columns.get((text.key, "")):
            column.values[text.survey_id, False].append(text)


def _weigh(column: Column, surveys: dict[int, Survey], numbers: dict[Source, int]) -> None:
    """A text is hidden among all who answered its survey; a figure among those who answered its question."""
    for (pk, imported), values in column.values.items():
        number = numbers[pk, imported] if column.kind == Kind.TEXT else len(values)
        if part := part_of(surveys[pk], f"{column.key}/{column.row}", number, imported=imported):
            column.parts.append(part)


def _by_session(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values_list("survey__session").annotate(number=Count("pk"))
