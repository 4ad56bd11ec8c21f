"""Make the databases that tests begin with: ``ESCALE_TEST_DB=postgresql python -m tests.ready``.

Each takes a processor for half a minute, once for each state of the migrations. « make test » makes those of
both engines at once; made by the first test that asks, each would keep all other processors waiting.
"""

import os
from concurrent.futures import ThreadPoolExecutor

from tests import environment  # noqa: F401  before the settings


def make_ready() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    from tests import databases
    from tests.operations import releases

    database = settings.DATABASES["default"]
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda make: make(database), (databases.template, releases.previous)):
            pass


if __name__ == "__main__":
    make_ready()
