"""Import: a workbook is read, shown for what it changes, and applied as any catalogue is (DESIGN §5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhacviec.application.apply import Apply, ApplyOptions, Prepared
from nhacviec.application.definitions import Definitions
from nhacviec.application.exchange.book import Book, RowNews, RowState
from nhacviec.application.exchange.columns import TABLES, Table
from nhacviec.application.exchange.entries import read_entries
from nhacviec.application.exchange.rows import Row, read_rows
from nhacviec.application.exchange.sheets import Grid, Spot, whole_fault
from nhacviec.application.exchange.wording import Wording
from nhacviec.application.ports import Transaction, Work
from nhacviec.application.stored import stored_definitions
from nhacviec.domain.errors import CatalogueError, Fault, RuleError
from nhacviec.domain.vocabulary import Vocabulary

#: In which a workbook is written where no organisation says otherwise.
_LANGUAGE = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A file as it was read: its name on the command line, and its sheets."""

    file: str
    grids: Sequence[Grid]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an import would do.

    Args:
        news: what each row means.
        faults: everything wrong; one is enough and nothing is written.
        prepared: what an apply would do; None where there are faults.
        wording: the words of the workbook.
    """

    news: tuple[RowNews, ...]
    faults: tuple[Fault, ...]
    prepared: Prepared | None
    wording: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Goes the way of every catalogue: check, compare, apply."""

    work: Work
    apply: Apply
    vocabulary: Vocabulary

    async def preview(self, workbook: Workbook, options: ApplyOptions) -> Preview:
        """Work out what an import would do; nothing is written."""
        async with self.work.read() as transaction:
            wording, book = await self._read(transaction, workbook)
            prepared, faults = None, list(book.faults)
            try:
                prepared = await self.apply.prepare(transaction, [book.document], options)
            except CatalogueError as error:
                known = {_row(fault) for fault in faults}
                faults += [fault for fault in error.faults if _row(fault) not in known]
        faults.sort(key=lambda fault: _order(fault, workbook))
        return Preview(
            news=_with_faults(book.news, faults),
            faults=tuple(faults),
            prepared=None if faults else prepared,
            wording=wording,
        )

    async def __call__(self, workbook: Workbook, options: ApplyOptions) -> Prepared:
        """Import a workbook, all or nothing; read anew under the lock under which it is written.

        Raises:
            CatalogueError: any fault in any cell; the database is unchanged.
        """
        async with self.work.write() as transaction:
            _, book = await self._read(transaction, workbook)
            if book.faults:
                raise CatalogueError(book.faults)
            return await self.apply.within(transaction, [book.document], options)

    async def _read(self, transaction: Transaction, workbook: Workbook) -> tuple[Wording, Book]:
        held = await stored_definitions(transaction)
        wording = Wording(self.vocabulary, language_of(held))
        return wording, read_book(workbook, held, wording)


def language_of(definitions: Definitions) -> str:
    """In which language the workbooks of an organisation are written."""
    return str((definitions.organisation or {}).get("language", _LANGUAGE))


def read_book(workbook: Workbook, held: Definitions, wording: Wording) -> Book:
    """Read every sheet, and lay what they say over what is held."""
    rows: dict[Table, list[Row]] = {}
    faults: list[Fault] = []
    for grid in workbook.grids:
        try:
            table = wording.table(grid.name)
        except RuleError as error:
            faults.append(Spot(grid.name, 1, 1).fault(workbook.file, error))
            continue
        if table is not None:
            read = read_rows(table, grid, workbook.file, wording)
            rows[table] = read.rows
            faults += read.faults
    if not rows and not faults:
        known = ", ".join(wording.sheet(table) for table in TABLES)
        faults.append(whole_fault(workbook.file, "the workbook holds no sheet of ours", f"known are {known}"))
    book = read_entries(workbook.file, rows, held)
    return replace(book, faults=(*faults, *book.faults))


def _row(fault: Fault) -> tuple[str, int]:
    """The sheet and the row of a fault."""
    return fault.place.rpartition("!")[0], fault.line


def _order(fault: Fault, workbook: Workbook) -> tuple[int, int, int]:
    """Sheet by sheet, row by row; what belongs to no sheet comes first."""
    sheet = fault.place.rpartition("!")[0]
    names = [grid.name for grid in workbook.grids]
    return (names.index(sheet) if sheet in names else -1, fault.line, fault.column)


def _with_faults(news: Sequence[RowNews], faults: Sequence[Fault]) -> tuple[RowNews, ...]:
    """Rows with a fault mean nothing else."""
    faulty = {_row(fault) for fault in faults}
    return tuple(
        replace(each, state=RowState.FAULTY, cells=()) if (each.spot.sheet, each.spot.row) in faulty else each
        for each in news
    )
