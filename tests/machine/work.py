"""One process of a soak: worlds, one after the other, each on a database of its own."""

import logging
import os
import random
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

STEPS, FULL_EVERY, TOLD_EVERY = 2_000, 400, 50


def prepare(engine: str) -> str:
    """Set up Django on ``engine``; return the template from which each world's database is copied."""
    os.environ["ESCALE_TEST_DB"] = engine
    from tests import databases, environment

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["TASKS_BACKEND"] = "django_tasks_db.DatabaseBackend"
    assert environment
    import django
    from django.conf import settings

    django.setup()
    logging.disable(logging.WARNING)
    settings.EMAIL_BACKEND = "tests.machine.rows.Outgoing"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from django.db import connections

    return databases.template(connections["default"].settings_dict)


class Work:
    def __init__(self, template: str, directory: Path) -> None:
        from django.db import connections

        self.template, self.settings = template, connections["default"].settings_dict
        is_file = self.settings["ENGINE"].endswith("sqlite3")
        self.settings["NAME"] = (
            str(directory / f"soak-{os.getpid()}.sqlite3") if is_file else f"soak_{os.getpid()}"
        )

    def fresh(self) -> None:
        from django.contrib.contenttypes.models import ContentType
        from django.core.cache import cache
        from django.db import connections
        from wagtail.models import Site as WagtailSite

        from tests import databases

        connections.close_all()
        databases.restore(self.settings, self.template)
        ContentType.objects.clear_cache()
        WagtailSite.clear_site_root_paths_cache()
        cache.clear()

    def world(
        self,
        seed: int,
        steps: int = STEPS,
        *,
        tell: Callable[[Counter[str]], None] = lambda _done: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> str:
        """Play one world; what went wrong, or nothing. ``tell``: what was done since it was told before."""
        from django.utils import timezone

        from tests.clock import Clock
        from tests.machine import rows
        from tests.machine.world import OPERATIONS, World

        chance, now, step, done = random.Random(seed), timezone.now, 0, Counter[str]()
        names, weights = list(OPERATIONS), list(OPERATIONS.values())
        name = "begin"
        try:
            self.fresh()
            clock = Clock()
            timezone.now = clock  # type: ignore[assignment]
            world = World(clock, seed)
            for step in range(1, steps + 1):
                [name] = chance.choices(names, weights)
                calls, refused = world.calls, world.refused
                getattr(world, name)(*(chance.getrandbits(20) for _ in range(3)))
                done[name] += world.calls - calls
                done["refused"] += world.refused - refused
                world.check()
                if step % FULL_EVERY == 0:
                    rows.check_all(world)
                if step % TOLD_EVERY == 0:
                    tell(done)
                    done = Counter()
                    if stop():
                        break
            name = "end"
            rows.check_all(world)
            world.end()
        except Exception:  # noqa: BLE001  # whatever it is, it is reported with its seed
            return f"seed {seed}, step {step} ({name}): --replay {seed} {step}\n{traceback.format_exc()}"
        finally:
            timezone.now = now
            tell(done)
        return ""

    def close(self) -> None:
        from django.db import connections

        from tests import databases

        connections.close_all()
        databases.remove(self.settings)
