"""Workbooks with one fault each: cells, and what is said about them."""

from datetime import date, datetime, time

from tests.workbooks.given import Formula, Given, Merged

#: What is written where, and how the first line about it begins.
CELLS: dict[str, tuple[dict[str, Given], str]] = {
    "a formula": ({"Đơn vị!B4": Formula("=1+4")}, "Đơn vị!B4: the cell holds a formula — "),
    "a formula that runs a program": (
        {"Đơn vị!B4": Formula('=cmd|"/c calc"!A1')},
        "Đơn vị!B4: the cell holds a formula — ",
    ),
    "a formula in a number": ({"Đơn vị!F4": Formula("=4+5")}, "Đơn vị!F4: the cell holds a formula"),
    "an error": ({"Đơn vị!B4": Formula("=NA()")}, "Đơn vị!B4: the cell holds a formula"),
    "merged cells": ({"Đơn vị!B7": Merged("B7:B8")}, "Đơn vị!B7: merged cells — unmerge them"),
    "merged headers": ({"Liên hệ!H1": Merged("H1:I1")}, "Liên hệ!H1: merged cells"),
    "a number as text": ({"Đơn vị!F4": "12"}, "Đơn vị!F4: '12': the number is written as text — "),
    "a number with a dot as text": ({"Đơn vị!F4": "1.200"}, "Đơn vị!F4: '1.200': the number is written"),
    "a number in words": ({"Đơn vị!F4": "mười hai"}, "Đơn vị!F4: 'mười hai': no number"),
    "half a member": ({"Đơn vị!F4": 9.5}, "Đơn vị!F4: 9.5 is not a whole number"),
    "members below zero": ({"Đơn vị!F4": -1}, "Đơn vị!F4: members: -1 is too small"),
    "very many members": ({"Đơn vị!F4": 1e15}, "Đơn vị!F4: members: 1000000000000000 is too large"),
    "members as a date": ({"Đơn vị!F4": date(2026, 1, 2)}, "Đơn vị!F4: a number is wanted"),
    "members as true": ({"Đơn vị!F4": True}, "Đơn vị!F4: a number is wanted"),
    "a code that became a number": ({"Đơn vị!A4": 7}, "Đơn vị!A4: the number 7 stands where text is"),
    "a code that became a date": ({"Đơn vị!A4": date(2026, 3, 1)}, "Đơn vị!A4: a date or time stands"),
    "a name that became true": ({"Đơn vị!B4": True}, "Đơn vị!B4: True stands where text is wanted"),
    "a code with a blank": ({"Đơn vị!A4": "cb 1"}, "Đơn vị!A4: code: 'cb 1' is not a code"),
    "a code like a formula": ({"Đơn vị!A4": "=cb"}, "Đơn vị!A4: code: '=cb' is not a code"),
    "no code": ({"Đơn vị!A4": ""}, "Đơn vị!A4: 'Mã đơn vị' is missing — fill the cell in"),
    "no name": ({"Đơn vị!B4": "  "}, "Đơn vị!B4: 'Tên đơn vị' is missing"),
    "a code twice": (
        {"Đơn vị!A4": "dang-uy"},
        "Đơn vị!A4: 'dang-uy' stands twice — the other is at Đơn vị!A3",
    ),
    "an unknown parent": (
        {"Đơn vị!D4": "dang-uyy"},
        "Đơn vị!D4: parent: there is no unit 'dang-uyy' — did you mean 'dang-uy'?",
    ),
    "its own parent": ({"Đơn vị!D4": "cb-1"}, "Đơn vị!D4: parent: unit 'cb-1' is its own parent"),
    "parents in a circle": ({"Đơn vị!D3": "cb-1"}, "Đơn vị!D4: parent: units stand above each other"),
    "a way that no letter goes": ({"Đơn vị!E4": "Bưu điện"}, "Đơn vị!E4: 'Bưu điện' is not in the list — "),
    "a tag of two words": ({"Đơn vị!G4": "co-chi-uy, xa xôi"}, "Đơn vị!G4: tags.1: 'xa xôi' is not one word"),
    "31 February": ({"Đơn vị!H4": "31/02/2026"}, "Đơn vị!H4: 31/02/2026 is not in the calendar — "),
    "a date by year first": (
        {"Đơn vị!H4": "2026-02-01"},
        "Đơn vị!H4: '2026-02-01' is not a date — write day",
    ),
    "a date without a year": ({"Đơn vị!H4": "01/02"}, "Đơn vị!H4: '01/02' is not a date"),
    "a date as a number": ({"Đơn vị!H4": 46054}, "Đơn vị!H4: a number or time stands where a date"),
    "a date with a time": (
        {"Đơn vị!H4": datetime.combine(date(2026, 1, 1), time(7, 30))},
        "Đơn vị!H4: the date carries a time of day",
    ),
    "a date as a time": ({"Đơn vị!H4": time(7, 30)}, "Đơn vị!H4: a number or time stands"),
    "a year before all": ({"Đơn vị!H4": "01/01/1500"}, "Đơn vị!H4: from: 1500-01-01 is outside the years"),
    "until before from": ({"Đơn vị!I4": date(2025, 1, 1)}, "Đơn vị!I4: until: until 2025-01-01 is before"),
    "an overseer without an address": ({"Đơn vị!K4": ""}, "Đơn vị!A4: overseer: email is missing"),
    "an overseer's bad address": ({"Đơn vị!K4": "dv@"}, "Đơn vị!K4: overseer.email: 'dv@' is not an e-mail"),
    "two lines in a name": ({"Đơn vị!B4": "Chi bộ\nmột"}, "Đơn vị!B4: name: control character U+000A"),
    "a tab before a name": ({"Đơn vị!B4": "\tChi bộ"}, "Đơn vị!B4: name: control character U+0009"),
    "a name that turns around": ({"Đơn vị!B4": "Chi\u202ebộ"}, "Đơn vị!B4: name: control character U+202E"),
    "a name without end": ({"Đơn vị!B4": "Chi bộ " * 40}, "Đơn vị!B4: name: the text has"),
    "a contact of an unknown unit": (
        {"Liên hệ!A4": "cb-2"},
        "Liên hệ!A4: there is no unit 'cb-2' — did you mean 'cb-1'?",
    ),
    "a contact of no unit": ({"Liên hệ!A4": None}, "Liên hệ!A4: 'Mã đơn vị' is missing"),
    "an address without a domain": ({"Liên hệ!D4": "bt@so"}, "Liên hệ!D4: contacts.0.email: "),
    "two addresses in a cell": ({"Liên hệ!D4": "a@example.vn; b@example.vn"}, "Liên hệ!D4: contacts.0.email"),
    "a contact twice": (
        {
            f"Liên hệ!{column}5": text
            for column, text in zip("ABD", ("cb-1", "secretary", "bt@example.vn"), strict=True)
        },
        "Liên hệ!A5: 'cb-1 secretary bt@example.vn' stands twice — the other is at Liên hệ!A4",
    ),
    "an unknown language": ({"Liên hệ!E4": "Tiếng Lào"}, "Liên hệ!E4: 'Tiếng Lào' is not in the list"),
    "an unknown letter": ({"Liên hệ!F4": "Thư tay"}, "Liên hệ!F4: 'Thư tay' is not in the list"),
    "a day twice": (
        {"Lịch!A4": "09/03/2026", "Lịch!B4": "Làm bù", "Lịch!C4": "Làm bù"},
        "Lịch!A4: '2026-03-09' stands twice — the other is at Lịch!A3",
    ),
    "a day neither off nor worked": ({"Lịch!B3": "Họp"}, "Lịch!B3: 'Họp' is not in the list — known are"),
    "a day without a name": ({"Lịch!C3": ""}, "Lịch!C3: 'Tên ngày' is missing"),
    "31 April": ({"Lịch!A3": "31/04/2026"}, "Lịch!A3: 31/04/2026 is not in the calendar"),
    "an unknown duty": ({"Nhiệm vụ!A3": "KT-02"}, "Nhiệm vụ!A3: there is no duty 'KT-02' — did you mean"),
    "an unknown policy": ({"Nhiệm vụ!E3": "chuann"}, "Nhiệm vụ!E3: policy: there is no policy 'chuann'"),
    "braces in a title": ({"Nhiệm vụ!B3": "Kiểm tra {ky}"}, "Nhiệm vụ!B3: title: '{ky}' in a title is"),
    "neither yes nor no": ({"Nhiệm vụ!D3": "Có lẽ"}, "Nhiệm vụ!D3: 'Có lẽ' is not in the list"),
    "a target of an unknown unit": ({"Chỉ tiêu!B4": "cb-9"}, "Chỉ tiêu!C4: target.units.cb-9: there is no"),
    "a target of an unknown duty": ({"Chỉ tiêu!A4": "KT-9"}, "Chỉ tiêu!A4: there is no duty 'KT-9'"),
    "a target in two measures": ({"Chỉ tiêu!D3": 30}, "Chỉ tiêu!A3: target: a target is either count or"),
    "a percentage beyond all": (
        {"Chỉ tiêu!C3": None, "Chỉ tiêu!D3": 130},
        "Chỉ tiêu!D3: target.percent: 130 is too large",
    ),
    "a wrong sheet": ({"Sheet1!": None}, "Sheet1!A1: there is no sheet named 'Sheet1' — known are Đơn vị,"),
    "a sheet without signs": ({"Don vi!": None}, "Don vi!A1: there is no sheet named 'Don vi' — "),
    "a wrong header": ({"Đơn vị!B1": "Tên"}, "Đơn vị!B1: there is no column 'Tên' — "),
    "a header twice": ({"Đơn vị!E1": "Tên đơn vị"}, "Đơn vị!E1: the column stands twice — the other is at"),
    "no header": ({"Đơn vị!B1": None}, "Đơn vị!B1: a column without a header holds something"),
    "row 1,048,576": (
        {"Đơn vị!A1048576": "cb-9"},
        "Đơn vị!A1048576: row 1048576 is beyond the 20000 that are read — delete",
    ),
    "the last column": ({"Lịch!XFD1": "x"}, "Lịch!XFD1: column 16384 is beyond the 100 that are read"),
    "the last corner": ({"Lịch!XFD1048576": 1}, "Lịch!XFD1048576: row 1048576 is beyond"),
}
