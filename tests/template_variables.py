"""Make our templates fail on a variable that does not exist; others' templates may do as they like."""

import sys
from pathlib import Path

from django.template.base import FilterExpression, Node

OURS = str(Path(__file__).resolve().parents[1])


class MissingVariable(str):
    """Serves as Django's ``string_if_invalid``, whose truth is asked for when a lookup fails.

    ``{% if %}``, ``{% for %}`` and ``{% firstof %}`` tolerate a missing variable by design and never ask.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        caller = sys._getframe(1)
        if caller.f_code is not FilterExpression.resolve.__code__:
            return False
        frame = caller.f_back
        while frame is not None:
            node = frame.f_locals.get("self")
            origin = getattr(node, "origin", None) if isinstance(node, Node) else None
            if origin is not None:
                if str(origin.name).startswith(OURS) and ".venv" not in str(origin.name):
                    raise AssertionError(
                        f"{origin.name}:{node.token.lineno}: no variable « {caller.f_locals['self'].token} »"
                    )
                return False
            frame = frame.f_back
        return False
