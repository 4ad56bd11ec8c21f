"""Which function measures which part."""

from collections.abc import Callable

from tests.benchmarks.accounts import accounts
from tests.benchmarks.burst import burst, open_
from tests.benchmarks.catalogue import catalogue
from tests.benchmarks.checkins import checkins
from tests.benchmarks.documents import certificates
from tests.benchmarks.exports import exports
from tests.benchmarks.feed import feed
from tests.benchmarks.figures import Figures
from tests.benchmarks.growth import growth
from tests.benchmarks.importing import importing
from tests.benchmarks.listing import listing
from tests.benchmarks.pages import pages
from tests.benchmarks.phones import phones
from tests.benchmarks.processes import processes
from tests.benchmarks.report import reports


def _lines(measure: Callable[[], list[str]]) -> Callable[[], Figures]:
    return lambda: Figures(notes=measure())


PARTS: dict[str, Callable[[], Figures]] = {
    "burst": burst,
    "open": open_,
    "pages": pages,
    "checkins": checkins,
    "exports": exports,
    "certificates": certificates,
    "feed": feed,
    "report": reports,
    "processes": processes,
    "growth": _lines(growth),
    "import": _lines(importing),
    "listing": _lines(listing),
    "catalogue": _lines(catalogue),
    "accounts": _lines(accounts),
    "phones": _lines(phones),
}
