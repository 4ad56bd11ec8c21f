"""A short run of what ``make crash`` does at length."""

from pathlib import Path

import pytest
from django.db import connection

from tests.crash import proof
from tests.crash.run import attack
from tests.crash.stand import Stand

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_acknowledged_survives_the_killing_of_any_process(tmp_path: Path) -> None:
    stand = Stand(tmp_path, connection.settings_dict, web_workers=2, forks=True)
    found = attack(stand, web=3, task=5, task_workers=2, visitors=2, pause=0.2, grown=0.5, seconds=180)
    assert (found.killed_web, found.killed_task) == (3, 5)
    proof.assert_nothing_lost(stand, found)
