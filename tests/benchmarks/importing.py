"""The import of ten thousand lines, and the same again."""

import csv
import io
import time
from datetime import date, timedelta

from events.domain import imports
from tests.factories import make_activity

LINES, LINES_PER_SESSION = 10_000, 50
HEADER = (
    *("Date", "Horaire", "Atelier", "Lieu", "Places", "Nom", "Prénom", "Courriel", "Civilité", "Profession"),
    *("RPPS", "Adhérent CPTS", "Présence", "Note /10"),
)


def importing() -> list[str]:
    activity = make_activity()
    data = _spreadsheet()
    lines = []
    for title in ("premier import", "le même, répété"):
        begin = time.perf_counter()
        table = imports.read_rows(data, "mesure.csv")
        read = time.perf_counter()
        plan = imports.plan(activity=activity, table=table)
        planned = time.perf_counter()
        imports.apply(plan=plan, by=None)
        applied = time.perf_counter()
        lines.append(
            f"{applied - begin:.1f} s, {title} de {LINES} lignes "
            f"(lecture {read - begin:.1f}, aperçu {planned - read:.1f}, écriture {applied - planned:.1f})"
        )
    return lines


def _spreadsheet() -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(HEADER)
    for i in range(LINES):
        session, place = divmod(i, LINES_PER_SESSION)
        day = date(2024, 1, 8) + timedelta(days=session)
        person_number = (session * 7 + place) % 2000
        where = (
            f"{day:%d/%m/%Y}",
            "19h00-21h00",
            "Sophrologie",
            "Maison de santé, Le Havre",
            LINES_PER_SESSION,
        )
        who = (f"Martin{person_number}", "Camille", f"camille{person_number}@example.org", "Mme")
        writer.writerow([*where, *who, "Infirmière", "", "Oui", "Présent", 5 + i % 6])
    return out.getvalue().encode("utf-8-sig")
