"""The catalogue in force: read from the database once per version, and the planner that expands it."""

from dataclasses import dataclass, field

from nhacviec.application.catalogue.build import build
from nhacviec.application.ports import Transaction
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.errors import SettingsError
from nhacviec.domain.planning import Planner


@dataclass
class CurrentCatalogue:
    """Remembers the planner of the newest version it has seen."""

    _version: int = -1
    _planner: Planner | None = field(default=None, repr=False)

    async def planner(self, transaction: Transaction) -> Planner:
        """The planner of the catalogue that this transaction sees.

        Raises:
            SettingsError: no catalogue was ever applied.
        """
        version = await transaction.catalogue.version()
        if self._planner is None or version != self._version:
            definitions = await transaction.catalogue.definitions()
            if definitions.organisation is None:
                raise SettingsError("the database holds no catalogue yet: run nhacviec catalogue apply FILE…")
            days = await transaction.catalogue.days()
            self._planner, self._version = Planner(build(definitions, days)), version
        return self._planner

    async def catalogue(self, transaction: Transaction) -> Catalogue:
        """The catalogue that this transaction sees."""
        return (await self.planner(transaction)).catalogue
