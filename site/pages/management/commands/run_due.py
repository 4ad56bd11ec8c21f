"""manage.py run_due: do what is due now. Each minute, from cron or with --forever."""

import logging
import signal
from argparse import ArgumentParser
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections

from certificates.domain import batches
from common.outages import outage
from events.domain import attendance, erasure, message_rules, outbox, registration, survey, upkeep
from events.domain.imports import uploads
from events.domain.report import tallies
from members.domain.coordination import end_due
from pages.domain import erasure_register, figures
from pages.domain.retention import purge_once_a_night

logger = logging.getLogger(__name__)
MINUTE = 60
SOON = 3  # after a pass that met no database


class Command(BaseCommand):
    away = False  # the database or the disk, at the last pass
    help = "Fait ce qui est dû : messages à envoyer, envois interrompus, ménage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--forever", action="store_true", help="Recommence chaque minute, jusqu’à SIGTERM."
        )

    def handle(self, *args: Any, forever: bool, **options: Any) -> None:
        if not forever:
            self.stdout.write(self._line(self._run(lambda: False)))
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("run_due veille, une passe par minute.")
        while not stop.is_set():
            close_old_connections()  # the database may have restarted since the last pass
            begin = monotonic()
            done = self._run(stop.is_set)
            if any(done.values()):  # a quiet minute is not worth a line
                self.stdout.write(self._line(done))
            if self.away:
                connections.close_all()
            else:
                figures.note_pass(seconds=monotonic() - begin)
            stop.wait(SOON if self.away else MINUTE)

    def _run(self, stopping: Callable[[], bool]) -> dict[str, int]:
        """Each step on its own: one that fails is named by its exception's class, the next ones run."""
        steps: dict[str, Callable[[], int | None]] = {
            "propositions expirées": registration.expire_offers,
            "places attribuées": registration.fill_due,
            "messages remis en file": outbox.free_stuck_messages,
            "questionnaires envoyés": survey.queue_due,
            "questionnaires dépouillés": survey.unseal_due,
            "messages programmés": message_rules.queue_due,
            "feuilles à clore rappelées": attendance.remind_open_sheets,
            "messages envoyés": lambda: outbox.deliver_due(stopping=stopping),
            "coordinations terminées": end_due,
            "lots d’attestations à reprendre": batches.resume_batches,
            "tâches libérées": upkeep.free_stuck_tasks,
            "traces de tâches effacées": upkeep.prune_task_results,
            "visites expirées": upkeep.prune_visits,
            "tableaux oubliés effacés": uploads.purge_forgotten,
            "adresses oubliées": erasure.forget_farewells,
            "données arrivées à terme": purge_once_a_night,
            "comptes du bilan refaits": tallies.refresh_due,
            "effacements notés": erasure_register.catch_up_hourly,
        }
        done = {}
        self.away = False
        for name, step in steps.items():
            try:
                done[name] = step() or 0
            except Exception as error:  # noqa: BLE001 its text may name somebody
                logger.error("run_due, %s: %s", name, type(error).__name__)
                self.away = outage(error) in ("away", "full", "read-only")
                if self.away:  # so would the next ones; all of them are due again soon
                    break
        return done

    def _line(self, done: dict[str, int]) -> str:
        facts = [f"{name} : {count}" for name, count in done.items() if count]
        return f"run_due, {' ; '.join(facts) or 'rien à faire'}."
