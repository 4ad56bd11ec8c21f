"""Writing certificates: a version, the one that replaces it, the end of one; called by ``issuing`` only.

The caller holds the session's row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from certificates.domain.facts import Facts, Snapshots, reads_the_same, says_the_same
from certificates.domain.numbers import new_number
from certificates.models import Certificate
from events.domain.attendance import Part
from events.domain.journal import log_many
from events.models import Registration, Session
from members.models import User

Status = Certificate.Status
NAMES = ("person", "person_short", "profession")


class Issuing:
    """Issues one kind to people of one held session; ``made`` are the certificates written now.

    ``asked``: somebody wants this person's, be it after a revocation. ``anew``: a change of words is
    reason enough for a new version.
    """

    def __init__(
        self,
        *,
        session: Session,
        kind: str,
        came: Mapping[int, list[Part]],
        by: User | None,
        asked: bool = False,
        anew: bool = False,
    ) -> None:
        self.session, self.kind, self.came, self.by = session, kind, came, by
        self.asked, self.same = asked, reads_the_same if anew else says_the_same
        self.made: list[Certificate] = []

    def run(self, people: Sequence[Registration]) -> list[Certificate]:
        """The valid ones, in the order of ``people``.

        Who was erased gets nothing new; what is kept as their proof follows the sheets under its old name.
        """
        keys = [each.pk for each in people]
        latest = self._latest(keys)
        snapshots = Snapshots(session=self.session, kind=self.kind, came=self.came, people=keys)
        valid = {}
        for registration in people:
            known = latest.get(registration.pk)
            standing = known if known and known.status == Status.VALID else None
            erased = registration.user.erased_at is not None
            if erased and standing is None:
                continue
            facts = snapshots.of(registration, replaces=standing.number if standing else "")
            if erased and standing:
                facts |= {name: standing.facts[name] for name in NAMES}
            if standing and self.same(standing.facts, facts):
                valid[registration.pk] = standing
            elif self.asked or not _was_decided(known):
                valid[registration.pk] = self._new(registration, facts, known)
        self._write()
        return [valid[pk] for pk in keys if pk in valid]

    def _latest(self, keys: Sequence[int]) -> dict[int, Certificate]:
        rows = Certificate.objects.filter(registration__in=keys, kind=self.kind)
        return {each.registration_id: each for each in rows.order_by("version", "issued_at", "pk")}

    def _new(self, registration: Registration, facts: Facts, known: Certificate | None) -> Certificate:
        certificate = Certificate(
            registration=registration,
            kind=self.kind,
            number=new_number(),
            facts=facts,
            version=known.version + 1 if known else 1,
            replaces=known if known and known.status == Status.VALID else None,
            issued_at=timezone.now(),
            issued_by=self.by,
        )
        self.made.append(certificate)
        return certificate

    def _write(self) -> None:
        replaced = [each.replaces_id for each in self.made if each.replaces_id]
        Certificate.objects.filter(pk__in=replaced).update(status=Status.REPLACED)
        Certificate.objects.bulk_create(self.made)
        lines = [(each, _facts(each) | {"replaces": each.replaces_id}) for each in self.made]
        log_many(lines, action="escale.issue", user=self.by)


def end(
    certificates: Sequence[Certificate], *, reason: str, decided_by: User | None, by: User | None
) -> list[Certificate]:
    """They hold no more; ``decided_by`` nobody when the sheets took their ground away."""
    ended = list(certificates)
    for each in ended:
        each.status, each.revoked_at = Status.REVOKED, timezone.now()
        each.revocation_reason, each.revoked_by = reason, decided_by
    fields = ["status", "revoked_at", "revocation_reason", "revoked_by"]
    Certificate.objects.bulk_update(ended, fields, batch_size=500)
    log_many([(each, _facts(each)) for each in ended], action="escale.revoke", user=by)
    return ended


def _was_decided(known: Certificate | None) -> bool:
    """Whether somebody revoked the last one: it does not come back by itself."""
    return known is not None and known.status == Status.REVOKED and known.revoked_by_id is not None


def _facts(certificate: Certificate) -> dict[str, Any]:
    return {
        "registration": certificate.registration_id,
        "kind": str(certificate.kind),
        "version": certificate.version,
    }
