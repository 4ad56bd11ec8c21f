"""Wagtail's database search, given queries that no engine takes for its own syntax.

SQLite's full-text search answers an error to a quotation mark or NUL (wagtail issue 13227).
"""

import re
from typing import Any

from modelsearch.backends import database

_NOT_WORDS = re.compile(r"[^\w\s@.'’-]+")


def clean_query(query: Any) -> Any:
    """Only words are searched for; query objects, which code builds, pass as they are."""
    return " ".join(_NOT_WORDS.sub(" ", query)[:200].split()) if isinstance(query, str) else query


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802 - the name that Wagtail looks for
    backend = database.SearchBackend(params)
    stock = type(backend)

    class CleanSearchBackend(stock):  # type: ignore[misc, valid-type]
        def _search(self, compiler: Any, query: Any, model_or_queryset: Any, **options: Any) -> Any:
            return super()._search(compiler, clean_query(query), model_or_queryset, **options)

    return CleanSearchBackend(params)
