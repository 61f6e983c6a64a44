"""RFC 3463, RFC 2034: enhanced status codes are found where servers put them, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.relay.enhanced import enhanced


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [
        (550, "5.7.1 relaying denied", "5.7.1"),
        (550, "550 5.7.1 relaying denied", "5.7.1"),
        (550, "550-5.1.1 no such user 550 5.1.1 try another", "5.1.1"),
        (550, "#5.1.0 Address rejected", "5.1.0"),
        (550, "rejected (5.7.26).", "5.7.26"),
        (450, "4.02.001 <a@example.vn>: disabled", "4.2.1"),
        (550, "4.7.1 is of another class", ""),
        (550, "4.7.1 first, then 5.7.1", "5.7.1"),
        (550, "5.1.2.3 is an address", ""),
        (550, "host 1.5.7.1 said no", ""),
        (550, "5.9.122.44 is listed", ""),
        (550, "no such user", ""),
        (550, "", ""),
        (0, "5.7.1", ""),
        (550, "5.\u0667.1", ""),
    ],
)
def test_an_enhanced_code_is_three_numbers_of_the_class_of_its_reply(
    code: int, text: str, found: str
) -> None:
    assert enhanced(code, text) == found


@given(st.integers(-1, 999), st.text(max_size=500))
def test_whatever_a_server_writes_has_at_most_a_code_of_its_class(code: int, text: str) -> None:
    found = enhanced(code, text)

    assert not found or int(found[0]) == code // 100
