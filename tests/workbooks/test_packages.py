"""What is no workbook, or more than one: refused as a whole before anything is made of it (S49)."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from nhacviec.adapters.spreadsheet import read_workbook
from nhacviec.domain.errors import CatalogueError
from tests.workbooks.given import edited, faults_of

SHEET = "xl/worksheets/sheet1.xml"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
MEGABYTE = 1024 * 1024


def parts() -> dict[str, bytes]:
    """The parts of a good workbook."""
    with zipfile.ZipFile(io.BytesIO(edited({}))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(found: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    return stream.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    return packed(parts() | {name: data})


def without(name: str) -> bytes:
    return packed({part: data for part, data in parts().items() if part != name})


def changed(name: str, old: bytes, new: bytes) -> bytes:
    found = parts()
    assert old in found[name]
    return with_part(name, found[name].replace(old, new, 1))


def declaring(text: bytes) -> bytes:
    """A sheet that begins with a document type of its own."""
    return changed(SHEET, b"<worksheet", text + b"<worksheet")


def twice() -> bytes:
    """Two sheets under one name: one for whoever measures, one for whoever reads."""
    found = parts()
    return packed(found | {SHEET.upper(): found[SHEET]})


def encrypted_part() -> bytes:
    """The bit in every header that says that a part is encrypted."""
    raw = bytearray(packed(parts()))
    for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(header), bytes(raw)):
            raw[found.start() + offset] |= 1
    return bytes(raw)


def lying(claimed: int) -> bytes:
    """A part that unpacks to more than every header says."""
    real = 8 * MEGABYTE
    raw = with_part("xl/theme/big.xml", b" " * real)
    return raw.replace(real.to_bytes(4, "little"), claimed.to_bytes(4, "little"))


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "this is not a workbook — save it as an Excel workbook (.xlsx)"),
    "text": ("Mã đơn vị;Tên đơn vị\n".encode, "this is not a workbook"),
    "an encrypted workbook": (
        lambda: COMPOUND + "EncryptedPackage".encode("utf-16-le"),
        "the workbook is encrypted — save it without a password",
    ),
    "a file of Excel 97": (lambda: bytes(COMPOUND), "this is a file of Excel 97-2003 (.xls) — save it as"),
    "macros": (
        lambda: with_part("xl/vbaProject.bin", COMPOUND),
        "the workbook holds macros (.xlsm) — save it as an Excel workbook (.xlsx), without macros",
    ),
    "a workbook that asks for macros": (
        lambda: changed("[Content_Types].xml", b"spreadsheetml.sheet.main", b"macroEnabled.main"),
        "the workbook holds macros (.xlsm)",
    ),
    "a workbook of LibreOffice": (lambda: with_part("mimetype", b"x"), "this is a workbook of another form"),
    "a binary workbook": (lambda: with_part("xl/workbook.bin", b"x"), "this is a workbook of another form"),
    "a zip of something else": (lambda: packed({"a.txt": b"a"}), "this is not a workbook"),
    "a zip bomb": (
        lambda: with_part("xl/media/a.bin", bytes(65 * MEGABYTE)),
        "the file holds more than 64 MB when unpacked — split it",
    ),
    "a part that lies about its size": (lambda: lying(100), "the file is damaged"),
    "very many parts": (
        lambda: packed(parts() | {f"a/{n}.xml": b"" for n in range(1_000)}),
        "the file has more than 1000 parts",
    ),
    "a large file": (lambda: b"PK" + bytes(16 * MEGABYTE), "the file has more than 16 MB — split it"),
    "an encrypted part": (encrypted_part, "the file is encrypted"),
    "a part packed unusually": (
        lambda: packed(parts(), zipfile.ZIP_BZIP2),
        "the file is packed in a way that no spreadsheet uses",
    ),
    "a part twice": (twice, "a part of the file stands twice"),
    "a part twice, in two ways of writing": (
        lambda: with_part(SHEET.replace("/", "\\"), b""),
        "a part of the file stands twice",
    ),
    "two sheets of one name": (
        lambda: changed("xl/workbook.xml", "Lịch".encode(), "Đơn vị".encode()),
        "two sheets of the file bear one name",
    ),
    "two parts for one sheet": (
        lambda: changed("xl/_rels/workbook.xml.rels", b'"rId2"', b'"rId1"'),
        "two sheets of the file bear one name",
    ),
    "half a file": (lambda: edited({})[:3_000], "the file is damaged"),
    "a billion laughs": (
        lambda: declaring(b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]>'),
        f"{SHEET} declares a document type of its own",
    ),
    "an entity from elsewhere": (
        lambda: declaring(b'<!DOCTYPE a SYSTEM "file:///etc/hostname">'),
        f"{SHEET} declares a document type of its own",
    ),
    "a document type in other letters": (
        lambda: with_part(SHEET, '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16")),
        "it declares a document type",
    ),
    "a sheet that ends early": (lambda: with_part(SHEET, parts()[SHEET][:900]), "the file is damaged"),
    "a sheet that is not there": (lambda: without(SHEET), "the sheet 'Đơn vị' is not in the file"),
    "no relations": (lambda: without("xl/_rels/workbook.xml.rels"), "xl/_rels/workbook.xml.rels is not in"),
    "no shared texts": (lambda: without("xl/sharedStrings.xml"), "the file is damaged"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_workbook_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    made, told = FILES[name]
    file = tmp_path / "danh-muc.xlsx"
    file.write_bytes(made())

    with pytest.raises(CatalogueError) as refused:
        read_workbook(file)

    assert str(refused.value).startswith(f"{file}: {told}")
    assert len(str(refused.value).splitlines()) == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"danh-muc.xlsx: the file cannot be read: .* — name a file"):
        read_workbook(tmp_path / "danh-muc.xlsx")


def test_what_a_sheet_says_of_its_own_size_is_not_believed(tmp_path: Path) -> None:
    """A parser that made room for what ``dimension`` promises would ask for gigabytes."""
    file = tmp_path / "danh-muc.xlsx"
    file.write_bytes(changed(SHEET, b'<dimension ref="A1:M4"/>', b'<dimension ref="A1:XFD1048576"/>'))

    assert faults_of(file) == []


def test_cells_without_addresses_are_counted_on(tmp_path: Path) -> None:
    """ECMA-376 lets a row and a cell leave out where they stand: it is beside the one before."""
    found = parts()
    bare = re.sub(rb' r="[A-Z]*[0-9]+"', b"", found[SHEET])
    file = tmp_path / "danh-muc.xlsx"
    file.write_bytes(packed(found | {SHEET: bare}))

    (grid,) = (grid for grid in read_workbook(file) if grid.name == "Đơn vị")

    assert [row[0] for row in grid.rows[2:]] == ["dang-uy", "cb-1"]


def test_a_picture_in_a_workbook_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "danh-muc.xlsx"
    file.write_bytes(with_part("xl/media/image1.png", bytes(1_000)))

    assert faults_of(file) == []
