"""The setting ``smtp_url`` is read, and nothing goes in clear off this machine unasked."""

import pytest

from nhacviec.adapters.smtp import Server, read_url
from nhacviec.domain.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1", Server(host="127.0.0.1", port=25)),
        ("smtp://[::1]:1025", Server(host="::1", port=1025)),
        ("smtp+starttls://mail.example.vn", Server(host="mail.example.vn", port=587, starttls=True)),
        (
            "smtps://van%20phong:b%40d@mail.example.vn",
            Server(host="mail.example.vn", port=465, tls=True, user="van phong", password="b@d"),
        ),
        ("smtp://user:word@localhost:26", Server(host="localhost", port=26, user="user", password="word")),
    ],
)
def test_a_url_says_where_and_how(url: str, server: Server) -> None:
    assert read_url(url) == server
    assert "word" not in f"{server!r}{server}"
    assert server.secure


@pytest.mark.parametrize(
    ("url", "allow_plain", "said"),
    [
        ("http://127.0.0.1", False, "must be smtp://"),
        ("smtp://", False, "must be smtp://"),
        ("smtps://mail.example.vn:port", False, "the port"),
        ("smtps://mail.example.vn:70000", False, "the port"),
        ("smtp://mail.example.vn", False, "letters in clear"),
        ("smtp://user:secret@mail.example.vn", True, "password in clear"),
    ],
)
def test_what_would_not_do_is_said(url: str, allow_plain: bool, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        read_url(url, allow_plain=allow_plain)
    assert "secret" not in str(refused.value)


def test_letters_go_in_clear_where_a_setting_says_so() -> None:
    assert not read_url("smtp://mail.example.vn", allow_plain=True).secure
