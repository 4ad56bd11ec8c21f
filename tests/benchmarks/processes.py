"""How long a start takes, and what an idle worker weighs.

``startup_s``: the web server with its four processes, from exec to the first page. ``worker_rss_mb``: the
memory of ``db_worker`` once it has done a task and waits for the next.
"""

import time

import psutil

from tests.benchmarks import server
from tests.benchmarks.figures import ROUNDS, Figures, apart, middle
from tests.factories import make_home, make_registration, make_session
from tests.processes import PROCFILE, eventually

SETTLED = 3.0  # seconds without a byte more
PATIENCE = 120


def processes(rounds: int = ROUNDS) -> Figures:
    make_home()
    web, plain, workers, weights, own = [], [], [], [], []
    for _ in range(rounds):
        with server.floor([]) as bare:
            plain.append(bare.seconds)
        with server.escale() as served:
            web.append(served.seconds)
    for _ in range(rounds):
        seconds, weight, alone = _worker()
        workers.append(seconds)
        weights.append(weight)
        own.append(alone)
    return Figures(
        {"worker_rss_mb": middle(weights), "startup_s": middle(web)},
        [
            f"web, jusqu’à la première page : {apart(web, '.1f')} s ; socle : {apart(plain, '.1f')} s",
            f"tâches de fond, jusqu’au premier message traité : {apart(workers, '.1f')} s",
            f"au repos : {apart(weights)} Mio, dont à lui seul (PSS) {apart(own)} Mio",
        ],
    )


def _worker() -> tuple[float, float, float]:
    """Seconds until it has sent what waits, then MiB at rest: resident, and proportional."""
    session = make_session()
    message = make_registration(session).messages.get()
    begin = time.monotonic()
    sent = type(message).objects.filter(pk=message.pk, state="sent")
    with server.running(PROCFILE["worker"], server.environment()) as process:
        eventually(sent.exists, "the worker sends", of=process)
        took = time.monotonic() - begin
        worker = psutil.Process(process.pid)
        _settle(worker)
        memory = worker.memory_full_info()
        return took, memory.rss / 2**20, memory.pss / 2**20


def _settle(process: psutil.Process) -> None:
    deadline, since, weight = time.monotonic() + PATIENCE, time.monotonic(), 0
    while time.monotonic() < min(deadline, since + SETTLED):
        if (now := process.memory_info().rss) != weight:
            since, weight = time.monotonic(), now
        time.sleep(0.1)
