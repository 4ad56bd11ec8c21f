"""What people thought, anonymous by construction.

An answer carries no person, no time and no log line. It is written encrypted (``sealing``), among all the
answers of its survey, which every new one rewrites in random order under new ids (``answering``). When the
survey is over it is opened (``unsealing``) with at least four others: each question's answers are dealt
anew over the rows, and texts stand apart. Figures are made of blocks of five (``blocks``).
"""

from events.domain.survey.answering import answer, why_closed
from events.domain.survey.blocks import FLOOR
from events.domain.survey.importing import replace_imported_responses
from events.domain.survey.inviting import queue_due
from events.domain.survey.opening import OPEN_FOR, open_survey
from events.domain.survey.unsealing import unseal, unseal_due

__all__ = [
    "FLOOR",
    "OPEN_FOR",
    "answer",
    "open_survey",
    "queue_due",
    "replace_imported_responses",
    "unseal",
    "unseal_due",
    "why_closed",
]
