"""A workbook made to harm the one who reads it is refused with a sentence, quickly."""

import io
import time
import zipfile

import pytest
from openpyxl import Workbook

from common.errors import DomainError
from events.domain.imports.reading import read_rows

pytestmark = pytest.mark.one_engine
BILLION = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{BILLION}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'


def workbook(part: str, begin: str) -> bytes:
    """A sound workbook, one part of which begins with ``begin`` and names the entity ``a11``."""
    book, sound, out = Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["nom", "prénom"])
    book.save(sound)
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                text = content.decode()
                text = text.partition("?>")[2] if text.startswith("<?xml") else text
                content = (begin + text.replace("nom<", "&a11;<", 1)).encode()
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("begin", [LAUGHS, OUTSIDE], ids=["billion laughs", "outside entity"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_entities_are_never_unfolded(part: str, begin: str) -> None:
    began = time.process_time()
    with pytest.raises(DomainError):
        read_rows(workbook(part, begin), "liste.xlsx")
    assert time.process_time() - began < 3
