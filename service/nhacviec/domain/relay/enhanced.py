"""Enhanced status codes: what a server says more exactly than with three digits (RFC 3463, RFC 2034)."""

import re

#: Three numbers with dots between them, and no fourth: an address of a machine looks much the same.
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)", re.ASCII)


def enhanced(code: int, text: str) -> str:
    """The enhanced status code of a reply.

    Args:
        code: its three digits; the enhanced code is of the same class.
        text: its text, with or without the three digits before it.

    Returns:
        As ``5.7.1``; empty when the reply has none.
    """
    for found in _CODE.finditer(text):
        if int(found[1]) == code // 100:
            return f"{found[1]}.{int(found[2])}.{int(found[3])}"
    return ""
