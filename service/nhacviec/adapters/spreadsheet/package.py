"""A workbook's package: a zip that is measured before it is unpacked, and packed anew for whoever reads it.

Nothing reads the file itself but this module: what a declared size hides, a second entry of one name, a macro
or a picture never reaches another parser (DELIVERY S49).
"""

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from nhacviec.application.exchange.sheets import whole_fault
from nhacviec.domain.errors import CatalogueError

#: Bytes of the largest file that is read.
LARGEST = 16 * 1024 * 1024
#: Bytes of all its parts together, unpacked.
UNPACKED = 64 * 1024 * 1024
#: Parts of a package; a workbook of ours has some fifteen.
MOST_PARTS = 1_000

_SAVE = "save it as an Excel workbook (.xlsx)"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_XML = (".xml", ".rels")
_FIRST = 1980, 1, 1, 0, 0, 0


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a workbook that are XML, by their names."""

    file: str
    parts: dict[str, bytes]

    def packed(self) -> io.BytesIO:
        """The same parts as a package that holds what it says."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for name, data in self.parts.items():
                archive.writestr(zipfile.ZipInfo(name, date_time=_FIRST), data)
        stream.seek(0)
        return stream

    def fail(self, problem: str, mend: str) -> NoReturn:
        """Refuse the workbook as a whole."""
        refuse(self.file, problem, mend)


def refuse(file: str, problem: str, mend: str) -> NoReturn:
    """Refuse a file as a whole."""
    raise CatalogueError([whole_fault(file, problem, mend)])


def open_package(path: Path) -> Package:
    """Unpack a workbook.

    Raises:
        CatalogueError: it cannot be read, is too large, or is something else than a workbook without macros.
    """
    file = str(path)
    raw = _raw(path)
    if raw.startswith(_COMPOUND):
        if _ENCRYPTED in raw:
            refuse(file, "the workbook is encrypted", "save it without a password")
        refuse(file, "this is a file of Excel 97-2003 (.xls)", _SAVE)
    if not raw.startswith(b"PK"):
        refuse(file, "this is not a workbook", _SAVE)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _measure(file, archive.infolist())
            package = Package(file, _parts(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        refuse(file, f"the file is damaged: {' '.join(str(error).split())}", "save it anew")
    for name, data in package.parts.items():
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            package.fail(f"{name} declares a document type of its own", _SAVE)
    if b"macroEnabled" in package.parts.get("[Content_Types].xml", b""):
        package.fail("the workbook holds macros (.xlsm)", f"{_SAVE}, without macros")
    return package


def _raw(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        refuse(str(path), f"the file cannot be read: {error.strerror}", "name a file that is there")
    if len(raw) > LARGEST:
        refuse(str(path), f"the file has more than {LARGEST // 1024**2} MB", "split it")
    return raw


def _measure(file: str, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse before anything is unpacked."""
    if len(entries) > MOST_PARTS:
        refuse(file, f"the file has more than {MOST_PARTS} parts", _SAVE)
    if sum(entry.file_size for entry in entries) > UNPACKED:
        refuse(file, f"the file holds more than {UNPACKED // 1024**2} MB when unpacked", "split it")
    if any(entry.flag_bits & 1 for entry in entries):
        refuse(file, "the file is encrypted", "save it without a password")
    if any(entry.compress_type not in _METHODS for entry in entries):
        refuse(file, "the file is packed in a way that no spreadsheet uses", _SAVE)
    _known_form(file, [entry.filename for entry in entries])


def _known_form(file: str, names: list[str]) -> None:
    """Refuse what is no workbook without macros."""
    if len({name.casefold().replace("\\", "/") for name in names}) < len(names):
        refuse(file, "a part of the file stands twice", _SAVE)
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        refuse(file, "the workbook holds macros (.xlsm)", f"{_SAVE}, without macros")
    if "mimetype" in names or "xl/workbook.bin" in names:
        refuse(file, "this is a workbook of another form (.ods or .xlsb)", _SAVE)
    if "xl/workbook.xml" not in names:
        refuse(file, "this is not a workbook", _SAVE)


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The XML alone; no more of a part is unpacked than the size that was measured."""
    return {
        entry.filename: archive.read(entry)
        for entry in archive.infolist()
        if entry.filename.casefold().endswith(_XML)
    }
