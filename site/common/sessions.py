"""Django's sessions in the database, with one statement for each write; that of a reading is written once.

Django asks first whether a new key is taken, and opens a transaction around each write: four statements
where one will do. A key holds 128 random bits, so that nobody else has it.
"""

from datetime import datetime
from secrets import token_hex

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from common.prepared import MOMENT, TEXT, Prepared
from common.prepared_insert import PreparedInsert


def _lasting(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


LASTING = Prepared(_lasting, TEXT, MOMENT)
STORE = PreparedInsert(Session)


class SessionStore(DatabaseSessions):
    def _get_new_session_key(self) -> str:
        return token_hex(16)

    def _get_session_from_db(self) -> Session | None:
        key = str(self.session_key)
        found = LASTING(key, timezone.now()) if "\0" not in key else []  # PostgreSQL reads no such text
        if not found:
            self._session_key = None
        return found[0] if found else None

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        row = self.create_model_instance(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if must_create:
            STORE(row)  # type: ignore[arg-type]
            return None
        kept = self.model.objects.filter(pk=row.pk)
        if not kept.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError
        return None
