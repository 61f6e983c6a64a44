"""Which errors mean that the database does not answer, and what is said then."""

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from nhacviec.adapters.database.faults import named, translated
from nhacviec.domain.errors import DatabaseUnreachable

URL = make_url("postgresql+psycopg://nhacviec:hunter2@db.example.vn:5433/nhacviec?sslpassword=hunter3")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError(None, None, Exception("no route\nfor hunter2")), "no route"),
        (OperationalError(None, None, Exception("bad: hunter2   and hunter3")), "bad: *** and ***"),
        (OperationalError(None, None, Exception()), "Exception"),
        (OperationalError("SELECT 1", {}, Exception("gone"), connection_invalidated=True), "gone"),
        (NoConnectionLeft("QueuePool limit of size 5 overflow 10 reached"), "all its connections are in use"),
    ],
)
def test_a_dead_database_is_told_in_one_line_without_a_secret(error: Exception, said: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refusal, translated(URL):
        raise error

    where = "postgresql://nhacviec@db.example.vn:5433/nhacviec"
    assert str(refusal.value) == f"the database {where} does not answer: {said}"


@pytest.mark.parametrize(
    "mistake",
    [
        IntegrityError("INSERT", {}, Exception("twice")),
        OperationalError("SELEC", {}, Exception("syntax")),
        LookupError("of the caller"),
        ConnectionResetError("of a mail server, inside the block"),
    ],
)
def test_what_is_not_the_database_s_fault_passes_as_it_is(mistake: Exception) -> None:
    with pytest.raises(type(mistake)) as passed, translated(URL):
        raise mistake

    assert passed.value is mistake


def test_a_file_is_named_by_its_path() -> None:
    assert named(make_url("sqlite+aiosqlite:///var/nhacviec.db?timeout=5")) == "sqlite:///var/nhacviec.db"
