"""Spaces that do not break, where French wants them."""

import re

NBSP = "\N{NO-BREAK SPACE}"


def french(text: str) -> str:
    text = re.sub(r" (?=[:;?!»%])", NBSP, text)
    return text.replace("« ", f"«{NBSP}")
