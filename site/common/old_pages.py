"""What was deleted, out of the database's own files."""

from django.db import connection


def forget_old_pages() -> None:
    """SQLite overwrites what is deleted (``secure_delete``), and its journal still held it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
