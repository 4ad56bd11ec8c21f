"""The table of OWASP ASVS says something true of each requirement, and names what exists."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.security.asvs import CHAPTERS, GIVEN, PAGE, ROOT, Answer, answers, page, required

pytestmark = pytest.mark.one_engine


@cache
def functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing(answer: Answer) -> list[str]:
    told = [name for name in answer.files if not list(ROOT.glob(name)) and not list(ROOT.glob(f"{name}.py"))]
    if answer.proof:
        path, _, function = answer.proof.partition("::")
        if not (ROOT / path).is_file():
            told.append(path)
        elif function and function not in functions(ROOT / path):
            told.append(answer.proof)
    return told


def test_every_requirement_of_levels_1_and_2_is_answered_once() -> None:
    assert [each.number for each in answers()] == required()
    assert len(required()) == 277
    assert sum(each.level in "12" for each in answers()) == 253
    assert len(CHAPTERS) == 17


def test_every_answer_is_one_of_four_and_says_why() -> None:
    wrong = [each.number for each in answers() if each.given not in GIVEN or not each.asked or not each.where]
    assert not wrong


def test_what_is_named_exists() -> None:
    absent = {each.number: told for each in answers() if (told := missing(each))}
    assert not absent


def test_a_name_that_does_not_exist_is_noticed() -> None:
    here = "tests/security/test_asvs.py"
    assert missing(Answer("1.1.1", "x", "oui", "`site/rien.py`", "tests/rien.py")) == [
        "site/rien.py",
        "tests/rien.py",
    ]
    assert missing(Answer("1.1.1", "x", "oui", "", f"{here}::test_nothing")) == [f"{here}::test_nothing"]


def test_the_page_is_the_one_that_the_answers_make() -> None:
    assert PAGE.read_text() == page(), "python -m tests.security.asvs"
