"""Addresses as the envelope carries them (RFC 5321 §4.1.2, RFC 5890, RFC 6531)."""

import re

from nhacviec.domain.errors import DeliveryRefused

#: What no address of ours holds, and what would end the command it stands in.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f<>]")


def on_the_wire(address: str, *, stage: str, utf8: bool) -> bytes:
    """An address between its angle brackets.

    A domain outside ASCII goes as its A-labels; a name before the @ has no such form and needs SMTPUTF8.

    Args:
        address: as people write it; an empty one is the null sender.
        stage: ``mail`` or ``rcpt``, for the refusal.
        utf8: whether the server has announced SMTPUTF8.

    Raises:
        DeliveryRefused: no address, or one that this server cannot write to (5.6.7).
    """
    if address.isascii() and not _FORBIDDEN.search(address):
        return address.encode("ascii")
    local, _, domain = address.rpartition("@")
    if _FORBIDDEN.search(address) or not local:
        raise DeliveryRefused(f"5.1.3 {address!r} is no e-mail address", code=553, stage=stage)
    try:
        labels = domain.encode("idna")
    except UnicodeError as error:
        raise DeliveryRefused(f"5.1.2 there is no domain {domain!r}", code=553, stage=stage) from error
    if local.isascii() or utf8:
        return local.encode() + b"@" + labels
    raise DeliveryRefused(
        f"5.6.7 {address} has letters outside a-z before the @, which this mail server cannot write to"
        " (it does not announce SMTPUTF8)",
        code=550,
        stage=stage,
    )
