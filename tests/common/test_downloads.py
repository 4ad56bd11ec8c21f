"""Files that name people stay in no cache, whatever they are made of."""

import io

import pytest

from common.downloads import download


@pytest.mark.one_engine
@pytest.mark.parametrize("content", [b"a;b", io.BytesIO(b"a;b"), iter([b"a", b";b"])])
def test_a_download_is_named_and_kept_by_no_cache(content) -> None:
    answer = download(name="liste.csv", content_type="text/csv", content=content)
    assert answer["Content-Disposition"] == 'attachment; filename="liste.csv"'
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
