"""Each test that asks for PostgreSQL gets a real, empty database of its own."""

import psycopg
import pytest

from tests.support.postgresql import PostgreSQL, require


def test_two_fresh_databases_know_nothing_of_each_other(postgresql_server: PostgreSQL) -> None:
    with postgresql_server.fresh() as one, postgresql_server.fresh() as other:
        with psycopg.connect(one) as connection:
            connection.execute("CREATE TABLE duty (name text)")
            connection.execute("INSERT INTO duty VALUES ('Sinh hoạt chi bộ tháng')")
        with psycopg.connect(other) as connection:
            found = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'duty'").fetchone()

    assert found == (0,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(one)


def test_the_fixture_gives_the_address_of_a_database_that_answers(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        row = connection.execute("SELECT 'Đảng ủy', current_setting('server_encoding')").fetchone()

    assert row == ("Đảng ủy", "UTF8")


@pytest.mark.parametrize(
    ("ci", "required", "outcome"),
    [
        ("", "", pytest.skip.Exception),
        ("false", "chromium", pytest.skip.Exception),
        ("true", "", pytest.fail.Exception),
        ("", "chromium, postgresql", pytest.fail.Exception),
    ],
)
def test_what_is_missing_is_skipped_aloud_but_fails_where_it_is_required(
    monkeypatch: pytest.MonkeyPatch, ci: str, required: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("NHACVIEC_TEST_REQUIRE", required)

    with pytest.raises(outcome, match="how to get it"):
        require("postgresql", "how to get it")
