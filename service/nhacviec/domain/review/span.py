"""Which occurrences a review is of.

Each belongs to one day: its nominal day, held within its own period.  So a report on June that is due on
5 July is June's work, a plan for the year that is due on 31 January is the first half-year's, and a later
date that was granted moves nothing out of the review in which it was owed.  As months lie within quarters,
and these within half-years and years, no occurrence is in two reviews of one sort.
"""

from datetime import date

from nhacviec.domain.errors import RuleError
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.time.offset import add_months
from nhacviec.domain.time.period import ONE_DAY, Every, Period, calendar_period

#: Months of what can be reviewed.
_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


def review_period(code: str) -> Period:
    """Read the period of a review.

    Raises:
        RuleError: it is no month, quarter, half-year or year, or none lies before it.

    >>> review_period("2017-H1").last
    datetime.date(2017, 6, 30)
    """
    period = calendar_period(code)
    if period.every not in _MONTHS:
        raise RuleError(f"{code!r} cannot be reviewed", mend="write 2017-06, 2017-Q2, 2017-H1 or 2017")
    before(period)
    return period


def before(period: Period) -> Period:
    """The period of the same sort that ends where one begins.

    Raises:
        RuleError: it would lie before the year 1.
    """
    return Period(add_months(period.first, -_MONTHS[period.every]), period.first - ONE_DAY, period.every)


def day_of(occurrence: Occurrence) -> date:
    """The day to which an occurrence belongs."""
    return min(max(occurrence.nominal, occurrence.period_first), occurrence.period_last)
