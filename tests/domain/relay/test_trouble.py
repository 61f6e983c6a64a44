"""DELIVERY §2.9: what is the matter when no line can be had."""

import pytest

from nhacviec.domain.relay.trouble import TroubleReason, of_opening


@pytest.mark.parametrize(
    ("code", "stage", "reason"),
    [
        (0, "connect", TroubleReason.UNREACHABLE),
        (0, "greeting", TroubleReason.UNREACHABLE),
        (421, "greeting", TroubleReason.UNREACHABLE),
        (554, "greeting", TroubleReason.GREETING),
        (521, "greeting", TroubleReason.GREETING),
        (421, "ehlo", TroubleReason.UNREACHABLE),
        (502, "ehlo", TroubleReason.EHLO),
        (0, "ehlo", TroubleReason.UNREACHABLE),
        (454, "starttls", TroubleReason.UNREACHABLE),
        (502, "starttls", TroubleReason.UNSAFE),
        (0, "starttls", TroubleReason.UNSAFE),
        (0, "tls", TroubleReason.UNSAFE),
        (454, "auth", TroubleReason.UNREACHABLE),
        (0, "auth", TroubleReason.UNREACHABLE),
        (0, "", TroubleReason.UNREACHABLE),
    ],
)
def test_the_stage_and_the_first_digit_say_what_is_the_matter(
    code: int, stage: str, reason: TroubleReason
) -> None:
    """F26, F27, F28: replies at each stage before the first letter."""
    assert of_opening(code, stage) is reason
