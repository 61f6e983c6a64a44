"""The token that an outside tool keeps fresh."""

from pathlib import Path

import pytest

from nhacviec.adapters.smtp import SmtpMailer, token_from
from tests.adapters.smtp.letters import at, failure
from tests.support.mailserver import MailServer


async def test_the_file_is_read_each_time(tmp_path: Path) -> None:
    file = tmp_path / "token"
    read = token_from(file)
    for token in ("first.token-1~+/=", "second"):
        file.write_text(f"{token}\n")
        assert await read() == token


@pytest.mark.parametrize("content", [b"", b"\n", b"right horse", "bí mật".encode(), b"\xff\xfe", b"a\0b"])
async def test_what_is_no_token_is_said_and_never_shown(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="there is no token in it") as refusal:
        await token_from(file)()

    assert str(refusal.value) == f"smtp_token_file: {file}: there is no token in it"
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


async def test_a_missing_file_is_a_login_that_failed_and_the_next_one_may_go_well(tmp_path: Path) -> None:
    file = tmp_path / "token"
    async with MailServer(users={"nhacviec": "token-1"}) as server:
        login = at(server, user="nhacviec", token=token_from(file))
        error = await failure(login)
        file.write_text("token-1")
        await (await SmtpMailer(server=login).open()).close()

    assert (error.code, error.stage) == (0, "auth")
    assert str(error).endswith(f"smtp_token_file: {file}: No such file or directory")
