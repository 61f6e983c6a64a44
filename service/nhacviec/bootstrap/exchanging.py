"""Wiring what imports and exports workbooks; apart from the service, which seldom needs it."""

from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.application.exchange.importing import Import
from nhacviec.bootstrap.service import Service
from nhacviec.domain.vocabulary import Vocabulary
from nhacviec.resources import shipped

#: The folder of ``templates/`` in which the words of workbooks lie.
SHEETS = "sheets"


def sheet_words() -> Vocabulary:
    """The shipped words of workbooks."""
    return load_vocabulary(shipped("templates"), SHEETS)


def import_of(service: Service) -> Import:
    """What imports workbooks into a service's database."""
    return Import(work=service.database, apply=service.apply, vocabulary=sheet_words())
