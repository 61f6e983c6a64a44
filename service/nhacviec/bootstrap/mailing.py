"""The mail server of the settings."""

from dataclasses import replace
from pathlib import Path

from nhacviec.adapters.smtp import Server, read_url, token_from
from nhacviec.domain.errors import SettingsError
from nhacviec.settings import Settings


def server_of(settings: Settings) -> Server:
    """Where the mail server of the settings is, and how it is spoken to.

    Raises:
        SettingsError: ``smtp_url`` is wrong, or names no user although a token is to be used.
    """
    server = read_url(settings.smtp_url.get_secret_value(), allow_plain=settings.smtp_allow_plain)
    if settings.smtp_token_file:
        if not server.user:
            raise SettingsError(
                "smtp_token_file: smtp_url has to name the user: smtp+starttls://user@host:587"
            )
        server = replace(server, password="", token=token_from(Path(settings.smtp_token_file)))
    return replace(server, authorities=settings.smtp_ca_file)
