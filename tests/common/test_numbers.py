from common.numbers import row_number


def test_plain_digits_name_a_row() -> None:
    assert row_number("12") == 12
    assert row_number(12) == 12


def test_what_no_database_holds_names_none() -> None:
    for typed in ("", "-1", "1.5", "٣", "²", "12a", "9" * 19, "1\0", None):
        assert row_number(typed) is None
