"""Which sheets there are, which columns each has, and what each column holds."""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"  #: one of the words of a list
    WORDS = "words"  #: several words, with commas between
    CHOICES = "choices"  #: several words of a list, with commas between


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        key: the key of the entry that it holds; ``overseer.name`` lies one mapping deeper.
        form: what its cells hold.
        needed: whether a row without it says nothing.
        choice: whose words in the catalogue of words a choice is made of.
        offers: what the drop-down list of a free text is fed with: ``kinds``, ``roles``, ``units``,
            ``policies`` or ``duties`` of the catalogue.
        default: what an empty cell means.
    """

    key: str
    form: Form = Form.TEXT
    needed: bool = False
    choice: str = ""
    offers: str = ""
    default: str | bool | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet; its first column names what a row is about.

    Args:
        key: by which words and entries are found.
        columns: in the order in which they are written.
        identity: the keys that no two rows may share.
    """

    key: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]


UNITS = Table(
    "units",
    (
        Column("code", needed=True),
        Column("name", needed=True),
        Column("kind", needed=True, offers="kinds"),
        Column("parent", offers="units"),
        Column("mail", Form.CHOICE, choice="mail", default="automatic"),
        Column("members", Form.NUMBER),
        Column("tags", Form.WORDS),
        Column("from", Form.DAY),
        Column("until", Form.DAY),
        Column("overseer.name"),
        Column("overseer.email"),
        Column("overseer.language", Form.CHOICE, choice="language"),
        Column("overseer.receives", Form.CHOICES, choice="letter"),
    ),
    ("code",),
)
CONTACTS = Table(
    "contacts",
    (
        Column("unit", needed=True, offers="units"),
        Column("role", needed=True, offers="roles"),
        Column("name", needed=True),
        Column("email", needed=True),
        Column("language", Form.CHOICE, choice="language"),
        Column("receives", Form.CHOICES, choice="letter"),
    ),
    ("unit", "role", "email"),
)
DAYS = Table(
    "days",
    (
        Column("date", Form.DAY, needed=True),
        Column("type", Form.CHOICE, needed=True, choice="day"),
        Column("label", needed=True),
    ),
    ("date",),
)
DUTIES = Table(
    "duties",
    (
        Column("code", needed=True, offers="duties"),
        Column("title", needed=True),
        Column("kind", Form.CHOICE, needed=True, choice="kind"),
        Column("enabled", Form.CHOICE, choice="enabled", default=True),
        Column("policy", needed=True, offers="policies"),
        Column("area"),
        Column("basis"),
        Column("from", Form.DAY),
        Column("until", Form.DAY),
    ),
    ("code",),
)
TARGETS = Table(
    "targets",
    (
        Column("duty", needed=True, offers="duties"),
        Column("unit", offers="units"),
        Column("count", Form.NUMBER),
        Column("percent", Form.NUMBER),
    ),
    ("duty", "unit"),
)
TABLES = (UNITS, CONTACTS, DAYS, DUTIES, TARGETS)
