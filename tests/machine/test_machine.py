"""Whatever is asked of Escale, in whatever order and at whatever hour, it does what the model says."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.clock import Clock
from tests.machine import rows
from tests.machine.world import OPERATIONS, World

anything = st.integers(0, 2**20)


class Machine(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.now, clock = timezone.now, Clock()
        timezone.now = clock  # type: ignore[assignment]
        self.clock = clock
        self.transaction = transaction.atomic()
        self.transaction._from_testcase = True  # type: ignore[attr-defined]  # sending mails asks for none
        self.transaction.__enter__()

    @initialize(seed=anything)
    def begin(self, seed: int) -> None:
        self.world = World(self.clock, seed)

    @invariant()
    def every_row_says_what_the_model_says(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                rows.check_all(self.world)
        finally:
            timezone.now = self.now
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)


def _rule(name: str) -> Any:
    def step(self: Machine, n: int, m: int, k: int) -> None:
        getattr(self.world, name)(n, m, k)

    step.__name__ = name
    drawn: Callable[..., Any] = rule(n=anything, m=anything, k=anything)
    return drawn(step)


for name in OPERATIONS:
    setattr(Machine, name, _rule(name))


@override_settings(EMAIL_BACKEND="tests.machine.rows.Outgoing")
class EscaleDoesWhatTheModelSays(TestCase):
    def test_whatever_happens_in_whatever_order(self) -> None:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=10,
                stateful_step_count=40,
                phases=[Phase.generate],  # shrinking costs minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
