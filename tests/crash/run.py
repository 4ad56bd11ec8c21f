"""One attack: load, kills, calm, figures."""

from tests.crash import proof
from tests.crash.stand import Stand, kill_at_random, standing, visit
from tests.factories import make_session
from tests.processes import eventually

SEATS = (25, 10_000, 10_000)  # one where most people wait


def attack(
    stand: Stand,
    *,
    web: int,
    task: int,
    task_workers: int,
    visitors: int,
    pause: float,
    grown: float,
    seconds: float,
) -> proof.Figures:
    """``pause``: about the seconds between two kills of a sort; ``grown``: those that a worker has first."""
    sessions = [make_session(capacity=seats) for seats in SEATS]
    names = [f"v{number}" for number in range(visitors)]
    with standing(stand, task_workers=task_workers):
        visit(stand, names, [session.pk for session in sessions])
        eventually(lambda: len(proof.acknowledged(stand)) >= visitors, "the first are registered")
        kill_at_random(stand, web=web, task=task, pause=pause, grown=grown, seconds=seconds)
        stand.revive("web")
        eventually(stand.answers, "the web server is back")
        before = len(proof.acknowledged(stand))
        eventually(lambda: len(proof.acknowledged(stand)) > before, "somebody registers after the last kill")
        held, running = proof.settle(stand)
        eventually(lambda: len(stand.web_pids()) == stand.web_workers, "the web server has all its workers")
        return proof.figures(stand, held, running)
