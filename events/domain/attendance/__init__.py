"""Who came: marks while the sheet is open, then a sheet that never changes; a correction is a new version.

Marking, closing and correcting hold the session's row, so that no mark slips in once a sheet is closed.
What the last version of a closed sheet says, and nothing else, makes surveys, hours and certificates.
"""

from events.domain.attendance.closing import close_sheet, mark_imported, settle_imported_sheet
from events.domain.attendance.correcting import correct_sheet
from events.domain.attendance.countersigning import countersign
from events.domain.attendance.marking import SeenMark, mark, sync_marks, welcome_walk_in
from events.domain.attendance.reading import Part, attended, current_sheet, is_closed, minutes_of, obstacle
from events.domain.attendance.reminding import remind_open_sheets
from events.domain.attendance.writing import PARTIAL

__all__ = [
    "PARTIAL",
    "Part",
    "SeenMark",
    "attended",
    "close_sheet",
    "correct_sheet",
    "countersign",
    "current_sheet",
    "is_closed",
    "mark",
    "mark_imported",
    "minutes_of",
    "obstacle",
    "remind_open_sheets",
    "settle_imported_sheet",
    "sync_marks",
    "welcome_walk_in",
]
