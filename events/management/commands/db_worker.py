"""manage.py db_worker: the library's worker, which outlives an outage of the database.

Alone it ends at the first error, and leaves the task that it held running for ever.
"""

import logging
import time
from typing import Any, ClassVar

from django.db import connections
from django_tasks_db.management.commands import db_worker

from common.outages import outage
from events.domain.upkeep import give_back_tasks

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds, as long as between two looks at an empty queue


class PatientWorker(db_worker.Worker):
    def run(self) -> None:
        away = ""
        while self.running:
            try:
                if away:
                    give_back_tasks(worker=self.worker_id)
                    logger.warning("The worker goes on: the database is no longer %s", away)
                    away = ""
                super().run()
                return
            except Exception as error:
                kind = outage(error)
                if not kind:
                    raise
                if kind != away:
                    logger.error("The worker waits: the database is %s", kind)
                away = kind
                connections.close_all()
                time.sleep(PAUSE)


class Command(db_worker.Command):
    # Deploying and migrating check; a worker that did would load every screen to begin with.
    requires_system_checks: ClassVar[list[str]] = []

    def handle(self, **options: Any) -> None:
        db_worker.Worker = PatientWorker  # the library's command names its class
        super().handle(**options)
