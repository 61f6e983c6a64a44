"""One transaction, and the stores that work inside it."""

from dataclasses import dataclass

from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.audit import AuditTables
from nhacviec.adapters.database.catalogue import CatalogueTables
from nhacviec.adapters.database.history import ChainTable, History
from nhacviec.adapters.database.occurrences import OccurrenceTable
from nhacviec.adapters.database.outbox import OutboxTable
from nhacviec.adapters.database.records import RecordTables
from nhacviec.adapters.database.reports import ReportTable
from nhacviec.adapters.database.workers import WorkerTable


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """What one transaction can reach; ``application.ports.Transaction``.

    Args:
        access: the connection with its transaction begun.
        history: what it tells of occurrences, and writes at its end.
    """

    access: Access
    history: History

    @property
    def catalogue(self) -> CatalogueTables:
        """The catalogue, and the service's own values."""
        return CatalogueTables(self.access)

    @property
    def occurrences(self) -> OccurrenceTable:
        """Occurrences, their history and their reminders."""
        return OccurrenceTable(self.access, self.history)

    @property
    def reports(self) -> ReportTable:
        """What was reported last."""
        return ReportTable(self.access)

    @property
    def outbox(self) -> OutboxTable:
        """Messages and deliveries."""
        return OutboxTable(self.access)

    @property
    def workers(self) -> WorkerTable:
        """The processes that send."""
        return WorkerTable(self.access)

    @property
    def audit(self) -> AuditTables:
        """The auditor's questions."""
        return AuditTables(self.access)

    @property
    def chain(self) -> ChainTable:
        """The history as it lies there."""
        return ChainTable(self.access)

    @property
    def records(self) -> RecordTables:
        """Occurrences with what happened to them."""
        return RecordTables(self.access)

    async def finish(self) -> None:
        """Write what waits for the end of the transaction.

        Raises:
            DatabaseDamaged: the history is not what was written.
        """
        await self.history.write()
