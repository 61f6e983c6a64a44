"""The composition root: settings become adapters, adapters become use cases. The only place that wires."""

from nhacviec.bootstrap.exchanging import import_of, sheet_words
from nhacviec.bootstrap.opening import adoption_of, database_of, open_service
from nhacviec.bootstrap.sample import forecasting, open_sample, rules
from nhacviec.bootstrap.service import Service, shipped_days

__all__ = [
    "Service",
    "adoption_of",
    "database_of",
    "forecasting",
    "import_of",
    "open_sample",
    "open_service",
    "rules",
    "sheet_words",
    "shipped_days",
]
