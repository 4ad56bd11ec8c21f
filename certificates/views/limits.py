"""How often one address may try: 130 random bits need no more, people need no less."""

from django.http import HttpRequest

from common import limits

UNKNOWN_NUMBERS = 20
FILES = 40


def guesses_too_much(request: HttpRequest) -> bool:
    return limits.counted(request, "verify") >= UNKNOWN_NUMBERS


def count_unknown(request: HttpRequest) -> None:
    limits.count(request, "verify")


def compares_too_much(request: HttpRequest) -> bool:
    return limits.count(request, "compare") > FILES
