"""The page of a session, read by sixteen clients, beside a plain page of the floor.

Cached: the settings of production. Uncached: each is made, as with ``KEPT_PAGES_MB=0``; what all pages share
(the header's links, the form as each stranger finds it) is still kept until something changes.
"""

from tests.benchmarks import server
from tests.benchmarks.figures import ROUNDS, Figures, apart, middle, ratio
from tests.benchmarks.load import Load, loading
from tests.factories import make_home, make_session

CLIENTS, SECONDS = 16, 2.0


def pages(seconds: float = SECONDS, rounds: int = ROUNDS) -> Figures:
    make_home()
    path = f"/sessions/{make_session().pk}/"
    floors, cached, made, short = [], [], [], []
    with (
        server.floor([]) as plain,
        server.escale(path) as ours,
        server.escale(path, KEPT_PAGES_MB="0") as bare,
    ):
        weight = len(server.get(ours.port, path)[1])
        with loading() as load:
            for port, at in ((plain.port, "/"), (ours.port, path), (bare.port, path)):
                _per_second(load, port, at, seconds / 2)  # each process has made the page
            for _ in range(rounds):
                floors.append(_per_second(load, plain.port, "/", seconds))
                cached.append(_per_second(load, ours.port, path, seconds))
                made.append(_per_second(load, bare.port, path, seconds))
                short.append(_per_second(load, ours.port, path, seconds, "gzip"))
    return Figures(
        {
            "page_uncached_per_s": middle(made),
            "page_cached_per_s": middle(cached),
            "page_floor_ratio": ratio(cached, floors),
        },
        [
            f"pages/s : gardée {apart(cached)} ; refaite {apart(made)} ; socle {apart(floors)}",
            f"gardée, en gzip : {apart(short)} ; la page pèse {weight / 1000:.0f} ko, celle du socle 20 ko",
        ],
    )


def _per_second(load: Load, port: int, path: str, seconds: float, encoding: str = "") -> float:
    told = load.rush(port, "look", [(path, seconds, encoding)] * CLIENTS, at_once=CLIENTS)
    if told.errors:
        raise RuntimeError(told.errors[0])
    return sum(visit["per_s"] for visit in told.visits)
