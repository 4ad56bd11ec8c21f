"""The versions of a closed sheet, the last one first, each with whom it corrected."""

from dataclasses import dataclass
from itertools import pairwise

from events.domain.attendance.correcting import changed
from events.models import AttendanceSheet, Slot


@dataclass(frozen=True)
class Version:
    """``corrected`` people differ from the version before; ``signers`` countersigned it."""

    sheet: AttendanceSheet
    corrected: int
    signers: list[str]


def versions(*, slot: Slot) -> list[Version]:
    rows = AttendanceSheet.objects.filter(slot=slot).select_related("closed_by").order_by("-version")
    sheets = list(rows.prefetch_related("countersignatures__user"))
    corrected = {new.pk: len(changed(old.content, new.content)) for new, old in pairwise(sheets)}
    return [
        Version(
            sheet,
            corrected.get(sheet.pk, 0),
            [signed.user.get_full_name() for signed in sheet.countersignatures.all() if signed.user],
        )
        for sheet in sheets
    ]
