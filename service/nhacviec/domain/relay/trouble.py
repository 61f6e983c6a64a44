"""Troubles: what is the matter between us and the mail server, so that people can be told."""

from dataclasses import dataclass
from enum import StrEnum


class TroubleReason(StrEnum):
    """What is the matter with the mail server, or with how we are set up to speak to it."""

    UNREACHABLE = "unreachable"  #: no line, or none that lasts: it may pass by itself
    GREETING = "greeting"  #: it does not serve us at all (554, 521)
    EHLO = "ehlo"  #: it refuses our name, or does not know EHLO
    UNSAFE = "unsafe"  #: no encryption, or a certificate that proves nothing; nothing goes in clear
    CREDENTIALS = "credentials"  #: it refuses user or password
    SENDER = "sender"  #: it refuses our sender: letters wait
    POLICY = "policy"  #: it refuses recipients because of us (5.7.x)
    REFUSALS = "refusals"  #: it refuses so many letters alike that it must be at fault: letters wait


#: Troubles of a line are over once a letter is answered; the others, once a letter is taken.
OF_LINES = frozenset(
    (
        TroubleReason.UNREACHABLE,
        TroubleReason.GREETING,
        TroubleReason.EHLO,
        TroubleReason.UNSAFE,
        TroubleReason.CREDENTIALS,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that people have to be told, once until it is over.

    Args:
        reason: what is the matter.
        text: what the server said, or what broke.
        alarm: whether it stays until somebody acts.
    """

    reason: TroubleReason
    text: str
    alarm: bool


def of_opening(code: int, stage: str) -> TroubleReason:
    """What is the matter when no line could be had (DELIVERY §2.9); refused credentials go before.

    Args:
        code: three digits; 0 when none came.
        stage: connect, greeting, ehlo, starttls, tls or auth.
    """
    refused = code // 100 == 5  # noqa: PLR2004 -- RFC 5321 §4.2.1
    match stage:
        case "greeting" if refused:
            return TroubleReason.GREETING
        case "ehlo" if refused:
            return TroubleReason.EHLO
        case "starttls" | "tls" if refused or not code:
            return TroubleReason.UNSAFE
        case _:
            return TroubleReason.UNREACHABLE
