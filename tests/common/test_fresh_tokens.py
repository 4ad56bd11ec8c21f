"""Tokens made here are Django's own: it reads them, and no letter comes more often than another."""

from collections import Counter

import pytest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, _does_token_match

from common import fresh_tokens
from common.fresh_tokens import token_of, visitors_secret

pytestmark = pytest.mark.one_engine


def test_django_reads_them_and_each_is_another() -> None:
    for secret in ("a" * 32, "9" * 32, CSRF_ALLOWED_CHARS[:32], CSRF_ALLOWED_CHARS[-32:]):
        tokens = {token_of(secret).decode() for _ in range(50)}
        assert len(tokens) == 50
        assert all(_does_token_match(token, secret) for token in tokens)
        assert not any(_does_token_match(token, secret[1:] + "x") for token in tokens)


def test_all_letters_come_as_often() -> None:
    drawn = Counter("".join(visitors_secret({}) for _ in range(4_000)))
    assert set(drawn) == set(CSRF_ALLOWED_CHARS)
    expected = 4_000 * 32 / 62
    assert all(0.8 * expected < times < 1.2 * expected for times in drawn.values())


def test_bytes_that_would_weigh_on_some_letters_are_drawn_again(monkeypatch) -> None:
    draws = iter([bytes(range(248, 256)) * 8, bytes(64), bytes(64)])
    monkeypatch.setattr(fresh_tokens, "urandom", lambda _: next(draws))
    assert visitors_secret({}) == "a" * 32
