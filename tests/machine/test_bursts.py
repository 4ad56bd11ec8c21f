"""Twenty rushes to the waiting list, from eight processes at once; ``make bursts`` does a thousand."""

import pytest
from django.db import connections

from tests.machine.bursts import rush


@pytest.mark.django_db(transaction=True)
def test_no_rush_to_the_waiting_list_oversells_or_leaves_a_seat_empty() -> None:
    figures = rush(dict(connections["default"].settings_dict), bursts=20)

    assert figures.errors == []
    assert (figures.oversold, figures.empty_seats, figures.untold) == (0, 0, 0)
    assert figures.bursts == 20
    assert figures.waited > 100  # the list was rushed to, and not only the seats
