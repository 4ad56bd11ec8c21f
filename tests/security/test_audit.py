"""The audit of the locked packages fails when one is affected, and when it looked at nothing."""

import json
from datetime import date, timedelta
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

import pytest

from tests import databases

pytestmark = pytest.mark.one_engine
TODAY = date(2026, 11, 1)


def _loaded() -> Any:
    loader = SourceFileLoader("audit", str(databases.ROOT / ".ci" / "audit"))
    spec = spec_from_loader("audit", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


audit = _loaded()


def table(**changed: Any) -> dict[str, Any]:
    advisory = {
        "package": "django",
        "id": "PYSEC-1",
        "ranges": [["4.0", "4.2.9", False], ["5.0", "5.0.3", False]],
    }
    return {"snapshot": "2026-10-20", "looked_up": ["django", "segno"], "advisories": [advisory], **changed}


def judged(*pins: tuple[str, str], **changed: Any) -> tuple[list[str], list[str]]:
    return audit.judge(pins, table(**changed), today=TODAY)


def test_a_lock_without_affected_pins_passes() -> None:
    assert judged(("django", "5.0.3"), ("segno", "1.6")) == ([], [])


def test_an_affected_pin_fails_and_says_what_mends_it() -> None:
    [wrong], _ = judged(("django", "5.0.2"))
    assert "PYSEC-1" in wrong
    assert "5.0.3" in wrong


def test_a_lock_without_packages_fails() -> None:
    assert judged()[0] == ["Aucune dépendance lue : rien n’a été vérifié."]
    assert list(audit.pins("# rien\n\n")) == []


@pytest.mark.parametrize(
    "advisories", [[], [{"package": "flask", "id": "PYSEC-2", "ranges": [["0", None, False]]}]]
)
def test_a_table_that_names_none_of_our_packages_fails(advisories: list[Any]) -> None:
    assert any("rien n’a été vérifié" in line for line in judged(("django", "5.1"), advisories=advisories)[0])


def test_an_empty_table_fails() -> None:
    assert audit.judge([("django", "5.1")], {}, today=TODAY)[0]


def test_a_package_that_nobody_looked_up_fails() -> None:
    [wrong], _ = judged(("django", "5.1"), ("nouveau", "1.0"))
    assert "nouveau" in wrong


def test_an_old_table_is_told_of() -> None:
    old = (TODAY - timedelta(days=181)).isoformat()
    assert judged(("django", "5.1"), snapshot=old)[1]


@pytest.mark.parametrize(
    ("version", "affected"),
    [("3.9", False), ("4.0", True), ("4.2.8", True), ("4.2.9", False), ("4.2.9rc1", True), ("5.0.10", False)],
)
def test_ranges_are_compared_as_versions(version: str, affected: bool) -> None:
    assert audit.is_affected(version, table()["advisories"][0]) is affected


def test_the_last_affected_version_is_affected() -> None:
    advisory = {"ranges": [["0", "2.0", True]]}
    assert [audit.is_affected(v, advisory) for v in ("2.0", "2.0.1")] == [True, False]


@pytest.mark.parametrize("line", ["django>=5", "django", "./local", "django==5.*,!=5.1"])
def test_a_line_that_pins_nothing_is_refused(line: str) -> None:
    with pytest.raises(SystemExit):
        list(audit.pins(line))


def test_our_lock_and_our_table_are_read() -> None:
    found = audit.locked()
    kept = json.loads(audit.TABLE.read_text())
    assert {"django", "wagtail", "pillow", "ruff"} <= {name for name, _ in found}
    assert len(kept["advisories"]) > 200
    assert audit.judge(found, kept, today=TODAY)[0] == []
