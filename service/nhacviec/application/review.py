"""Review: the figures of a month, a quarter, a half-year or a year, and the draft of a report on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.ports import Vocabulary, Work
from nhacviec.application.reviews import Writer
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.opening import period_of
from nhacviec.domain.review.draft import Draft
from nhacviec.domain.review.reckoning import Review, reckon
from nhacviec.domain.review.record import Record
from nhacviec.domain.review.span import before, day_of
from nhacviec.domain.time.period import Period
from nhacviec.domain.time.zone import local
from nhacviec.domain.vocabulary import titled


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for.

    Args:
        period: of what.
        at: the moment as of which it is told, aware.
        language: empty takes the organisation's.
        names: whether units are named, in a table for the standing committee.
    """

    period: Period
    at: datetime
    language: str = ""
    names: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReview:
    """Reads what happened and reckons it up; writes nothing."""

    work: Work
    current: CurrentCatalogue
    vocabulary: Vocabulary
    writer: Writer

    async def __call__(self, asked: Asked) -> Draft:
        """The figures of a period, ready to be put into words.

        As everywhere, a state is the present one; only how late it is, is told as of the moment.

        Raises:
            SettingsError: no catalogue was ever applied.
        """
        async with self.work.read() as transaction:
            catalogue = (await self.current.planner(transaction)).catalogue
            records = await transaction.records.within(before(asked.period).first, asked.period.last)
        today = local(asked.at, catalogue.zone).date()
        review = reckon(records, catalogue, asked.period, today)
        organisation = catalogue.organisation
        language = asked.language or organisation.language
        owned = [each for each in records if day_of(each.occurrence) in asked.period]
        names = {unit.code: _name(catalogue, unit.code) for unit in review.units}
        return Draft(
            review=review,
            language=language,
            organisation=organisation.name,
            office=organisation.office,
            period=self.vocabulary.period_phrase(asked.period, language),
            before=self.vocabulary.period_phrase(before(asked.period), language),
            titles=self._titles(review, owned, catalogue, language),
            names=names if asked.names else {},
        )

    def write(self, draft: Draft) -> str:
        """The draft of the report.

        Raises:
            TemplateError: its templates are missing or wrong.
        """
        return self.writer.write(draft)

    def _titles(
        self, review: Review, records: list[Record], catalogue: Catalogue, language: str
    ) -> Mapping[str, str]:
        """Each duty's title, with its period in it where the review has only one of them."""
        periods: dict[str, set[Period]] = {}
        for record in records:
            periods.setdefault(record.occurrence.duty, set()).add(period_of(record.occurrence))
        codes = [*(duty.code for duty in review.duties), *(level.duty for level in review.levels)]
        return {code: self._title(code, periods.get(code, set()), catalogue, language) for code in codes}

    def _title(self, code: str, periods: set[Period], catalogue: Catalogue, language: str) -> str:
        duty = catalogue.duties.get(code)
        if duty is None:
            return code
        if len(periods) == 1:
            (period,) = periods
            return titled(duty.at(period).title, self.vocabulary.period_phrase(period, language))
        return " ".join(duty.title.replace("{period}", "").split())


def _name(catalogue: Catalogue, code: str) -> str:
    units = catalogue.organisation.units
    return units[code].name if code in units else code
