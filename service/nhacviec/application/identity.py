"""The identity of letters: Message-IDs, the same on every copy, that reveal nothing (DELIVERY §2.7)."""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from functools import cached_property

from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.organisation import Contact

#: Of a digest so many go into an identifier: 32 letters and digits.
_OCTETS = 20


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Derives every identifier of a letter from its key.

    Args:
        secret: the installation's own key.
    """

    secret: bytes

    def message_id(self, key: str, sender: Contact) -> str:
        """``<32 letters and digits@the sender's domain>``, from the key alone (RFC 5322 §3.6.4)."""
        return self._derived("mid1", key, sender)

    def thread(self, occurrence: Occurrence, sender: Contact) -> str:
        """The root to which all letters of one occurrence refer."""
        key = f"{occurrence.duty}|{occurrence.unit}|{occurrence.period}"
        return self._derived("thread1", key, sender)

    @cached_property
    def _keyed(self) -> hmac.HMAC:
        """The key made ready, which takes longer than all the rest; copied for each text."""
        return hmac.new(self.secret, digestmod="sha256")

    def _derived(self, purpose: str, key: str, sender: Contact) -> str:
        code = self._keyed.copy()
        code.update(f"{purpose}|{key}".encode())
        domain = sender.email.rpartition("@")[2]
        return f"<{b32encode(code.digest()[:_OCTETS]).decode().lower()}@{domain}>"
