"""Numbers of rows as addresses and forms carry them."""

DIGITS = 18  # what every database holds


def row_number(typed: object) -> int | None:
    """The number that ``typed`` writes in plain digits; None when no row can have it."""
    text = str(typed)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None
