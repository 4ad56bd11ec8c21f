"""A crowd of real processes that all register at the same instant.

Imported by the fork server before it forks, so that each person costs a fork and not a start of
Django. Nothing here touches the database before the fork.
"""

import multiprocessing
import os
import traceback
from multiprocessing.synchronize import Barrier
from typing import Any, Protocol

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

import django.db.models.sql.compiler  # else imported by each person, at their first query
from django.core.validators import validate_email
from django.db import connections
from django.template import engines
from django.urls import reverse

from common.errors import DomainError
from events.models import Registration
from tests.concurrency.acts import Act, answer

# A web process has compiled its addresses, validators and templates' libraries long before it registers
# anybody. Here each of forty would do it, half of them inside a transaction that the others wait for:
# 0.4 s each instead of 0.1, which measures regular expressions and makes the race no closer.
reverse("my_space")
validate_email("camille@example.org")
engines.all()


class _Answers(Protocol):
    def put(self, answer: tuple[int, str]) -> None: ...


def _act(i: int, act: Act, database: dict[str, Any], start: Barrier, answers: _Answers) -> None:
    connection = connections["default"]
    connection.settings_dict.update(database)
    if connection.vendor == "sqlite":  # on a machine that has much else to do, the last one waits for long
        connection.settings_dict["OPTIONS"]["timeout"] = 100
    try:
        connection.ensure_connection()
        start.wait(timeout=60)
        answers.put((i, answer(act)))
    except DomainError as error:
        answers.put((i, str(error)))
    except Exception:  # noqa: BLE001  # whatever it is, the test shows it
        answers.put((i, traceback.format_exc()))
    finally:
        connection.close()


def rush(*, session_id: int, people: list[int], database: dict[str, Any]) -> dict[int, str]:
    """Everybody registers at once, each from a process of their own: what each was answered, or a trace."""
    heard = all_at_once([Act("register", session_id, person=i) for i in people], database)
    return {people[rank]: answer for rank, answer in heard.items()}


def all_at_once(acts: list[Act], database: dict[str, Any]) -> dict[int, str]:
    """Each act from a process of its own, at the same instant; the answers, by rank."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.concurrency.crowd", "pytest"])
    start = context.Barrier(len(acts))
    answers = context.Queue()
    crowd = [
        context.Process(target=_act, args=(i, act, database, start, answers), daemon=True)
        for i, act in enumerate(acts)
    ]
    for each in crowd:
        each.start()
    heard = dict(answers.get(timeout=120) for _ in crowd)
    for each in crowd:
        each.join(timeout=30)
        each.close()
    answers.close()
    answers.join_thread()
    return heard


def states(session_id: int) -> dict[str, int]:
    counted: dict[str, int] = {}
    for state in Registration.objects.filter(session_id=session_id).values_list("state", flat=True):
        counted[state] = counted.get(state, 0) + 1
    return counted
