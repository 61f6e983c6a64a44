"""A letter as bytes: its headers in :mod:`.letter`, its bodies in :mod:`.bodies`."""

from nhacviec.adapters.mime.bodies import LINE
from nhacviec.adapters.mime.letter import WORD, cleaned, serialise

__all__ = ["LINE", "WORD", "cleaned", "serialise"]
