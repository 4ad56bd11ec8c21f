"""Which cases of a form are asked on both engines."""

from collections.abc import Iterable
from typing import Any

import pytest

ODD = (r"\x00", str(10**20))


def odd_on_both(cases: Iterable[tuple[Any, ...]]) -> list[Any]:
    """A NUL or an immense number meets each database in its own way; the form alone refuses the others."""
    return [
        case if any(odd in repr(case) for odd in ODD) else pytest.param(*case, marks=pytest.mark.one_engine)
        for case in cases
    ]
