"""What web servers load, with all that a first visitor would otherwise wait for.

Not what draws documents: the first one in a process waits half a second, instead of every start.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402

import certificates.domain.rendering  # noqa: E402, F401
import config.urls  # noqa: E402, F401
from common import metrics  # noqa: E402
from common.kept_pages import KeptPages  # noqa: E402
from common.watching import Watched  # noqa: E402

if settings.METRICS_TOKEN:
    metrics.share(settings.METRICS_DIR)
    metrics.load()
application = Watched(KeptPages(django_application))
