"""Reading a snapshot of questions."""

from typing import Any

from events.models import SurveyQuestion

Kind = SurveyQuestion.Kind
Questions = list[dict[str, Any]]


def score_key(questions: Questions) -> str:
    """The key of the first 0–10 question, which reports average; empty without one."""
    return next((each["key"] for each in questions if each["kind"] == Kind.SCORE), "")


def text_keys(questions: Questions) -> list[str]:
    return [each["key"] for each in questions if each["kind"] == Kind.TEXT]
