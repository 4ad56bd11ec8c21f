"""French sets its double marks and guillemets off by a space that never breaks a line."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.one_engine
MARK = re.compile(
    r"(?<=[^\s:;!?«]) (?=[:;!?](?:[\s<\"'’&{)»…*.,\\]|$))"
    r"|(?<=\S) (?=»)|(?<=«) |(?<=[\d}]) (?=%(?![\w(}]))",
    re.M,
)
SILENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.S)
TEXTS = ("templates/*.html", "templates/*.txt")
CODE = ("site/*.py", "events/*.py", "trainings/*.py", "members/*.py", "certificates/*.py")


def test_no_text_breaks_a_line_before_a_double_mark() -> None:
    found = [f"{path}:{line}" for path, line in _breaking()]
    assert found == []


def _breaking() -> Iterator[tuple[Path, int]]:
    for path in _files(TEXTS):
        text = SILENT.sub(lambda match: re.sub(r"[^\n]", "", match[0]), path.read_text())
        for match in MARK.finditer(text):
            yield path, text.count("\n", 0, match.start()) + 1
    for path in _files(CODE):
        if "migrations" not in path.parts:
            yield from ((path, line) for line, text in _sentences(path) if MARK.search(text))


def _sentences(path: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(path.read_text())
    said = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):  # what is filled in stands before the mark, or after
            said.update(node.values)
            yield node.lineno, "".join(_part(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said:
            yield node.lineno, node.value


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "x"


def _files(patterns: tuple[str, ...]) -> list[Path]:
    command = ["git", "ls-files", "-co", "--exclude-standard", *patterns]
    names = subprocess.check_output(command, cwd=settings.BASE_DIR, text=True)
    return [settings.BASE_DIR / name for name in names.splitlines()]
