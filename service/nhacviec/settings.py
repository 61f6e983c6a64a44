"""Settings: nhacviec.toml, then the environment, then systemd credentials and ``*_FILE`` for secrets.

Read once, at the start; an unknown key or ``NHACVIEC_`` name is an error (DESIGN §5).
"""

import os
import ssl
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from nhacviec.domain.errors import RuleError, SettingsError
from nhacviec.domain.time.zone import zone

PREFIX = "NHACVIEC_"
#: Names of the environment that are not settings.
_OTHERS = ("NHACVIEC_CONFIG",)
_TESTS = "NHACVIEC_TEST_"
#: What may come from a file named by ``NHACVIEC_…_FILE``.
SECRETS = ("database_url", "smtp_url", "secret_key")
#: Files that lie beside the settings file when their names are relative.
_FILES = ("smtp_token_file", "smtp_ca_file")
#: Where settings lie when nothing says so.
PLACES = (Path("nhacviec.toml"), Path("/etc/nhacviec/nhacviec.toml"))


class Settings(BaseSettings):
    """Every option; ``config/nhacviec.toml`` documents each (a test keeps them in step)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", hide_input_in_errors=True)

    database_url: SecretStr = SecretStr("sqlite:///nhacviec.db")
    smtp_url: SecretStr = SecretStr("smtp://127.0.0.1:25")
    smtp_allow_plain: bool = False
    smtp_token_file: str = ""
    smtp_ca_file: str = ""
    smtp_connections: int = Field(default=4, ge=1, le=1000)
    smtp_rate: float = Field(default=0, ge=0)
    sender: str = ""
    base_url: str = ""
    secret_key: SecretStr = SecretStr("")
    timezone: str = "Asia/Ho_Chi_Minh"
    language: str = "vi"
    heartbeat_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    horizon_days: int = Field(default=400, ge=60, le=4000)
    tick_seconds: int = Field(default=20, ge=1, le=30)
    log_format: str = Field(default="auto", pattern="^(auto|text|json)$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is told first wins: arguments, environment, secret files, credentials, the file."""
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings, _SecretFiles(settings_cls)]
        credentials = os.environ.get("CREDENTIALS_DIRECTORY")
        if credentials and Path(credentials).is_dir():
            sources.append(SecretsSettingsSource(settings_cls, secrets_dir=credentials))
        file = settings_file()
        if file is not None:
            sources.append(TomlConfigSettingsSource(settings_cls, toml_file=file))
            sources.append(_KeyBeside(settings_cls))
        return tuple(sources)


class _SecretFiles(PydanticBaseSettingsSource):
    """``NHACVIEC_SECRET_KEY_FILE`` and its like: the secret is the file's content."""

    def get_field_value(self, field: object, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """The content of one such file, stripped."""
        named = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        if field_name not in SECRETS or not named:
            return None, field_name, False
        try:
            return Path(named).read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            raise SettingsError(f"{PREFIX}{field_name.upper()}_FILE: {error}") from error

    def __call__(self) -> dict[str, Any]:
        """All of them."""
        found = {name: self.get_field_value(None, name)[0] for name in SECRETS}
        return {name: value for name, value in found.items() if value is not None}


class _KeyBeside(PydanticBaseSettingsSource):
    """The key that ``init`` made: the file ``secret_key`` beside the settings, read as a last resort."""

    def get_field_value(self, field: object, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """The content of that file, stripped."""
        file = settings_file()
        beside = None if file is None else file.parent / "secret_key"
        if field_name != "secret_key" or beside is None or not beside.is_file():
            return None, field_name, False
        try:
            return beside.read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            raise SettingsError(f"{beside}: {error}") from error

    def __call__(self) -> dict[str, Any]:
        """The key, if it is there."""
        value, name, _ = self.get_field_value(None, "secret_key")
        return {} if value is None else {name: value}


def settings_file() -> Path | None:
    """The file in force: ``NHACVIEC_CONFIG`` (which ``--config`` sets), else one of the usual places."""
    named = os.environ.get("NHACVIEC_CONFIG")
    if named:
        return Path(named)
    return next((place for place in PLACES if place.is_file()), None)


def read_settings(**told: object) -> Settings:
    """Read the settings.

    Args:
        told: values that win over everything else.

    Raises:
        SettingsError: naming what is wrong and where; never a secret.
    """
    file = settings_file()
    if file is not None and not file.is_file():
        raise SettingsError(f"{file}: no such file: run nhacviec init, or mend --config")
    _refuse_unknown_names()
    try:
        settings = Settings(**told)  # type: ignore[arg-type]  # checked by pydantic itself
    except ValidationError as error:
        raise SettingsError(_first_problems(error)) from error
    except ValueError as error:
        raise SettingsError(f"{file}: {error}") from error
    try:
        zone(settings.timezone)
    except RuleError as error:
        raise SettingsError(f"timezone: {error}") from error
    settings = _beside_its_file(settings, file)
    _require_authorities(settings.smtp_ca_file)
    return settings


def _refuse_unknown_names() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS} | set(_OTHERS)
    unknown = sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name not in known and not name.startswith(_TESTS)
    )
    if unknown:
        raise SettingsError(f"environment: {', '.join(unknown)} is not a setting; see config/nhacviec.toml")


def _first_problems(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())


def _beside_its_file(settings: Settings, file: Path | None) -> Settings:
    """What is named by a relative path lies beside the settings file, wherever the command is run."""
    if file is None:
        return settings
    folder, placed = file.resolve().parent, dict[str, object]()
    for name in _FILES:
        told = getattr(settings, name)
        if told and f"{PREFIX}{name.upper()}" not in os.environ:
            placed[name] = str(folder / told)
    url = settings.database_url.get_secret_value()
    relative = url.removeprefix("sqlite:///")
    if relative != url and not relative.startswith("/") and f"{PREFIX}DATABASE_URL" not in os.environ:
        placed["database_url"] = SecretStr(f"sqlite:///{folder / relative}")
    return settings.model_copy(update=placed)


def _require_authorities(file: str) -> None:
    """Refuse certificates that cannot be read: with them, no server would ever be trusted."""
    if not file:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except ssl.SSLError:
        raise SettingsError(f"smtp_ca_file: {file}: there is no certificate in it (PEM)") from None
    except OSError as error:
        raise SettingsError(f"smtp_ca_file: {file}: {error.strerror}") from None


def settings_for(database_url: str, smtp_url: str) -> Settings:
    """Defaults with these two, whatever file and environment say: for the demonstration and for tests.

    Args:
        database_url: where the database is.
        smtp_url: where the mail server is.
    """
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    told = {"database_url": SecretStr(database_url), "smtp_url": SecretStr(smtp_url)}
    return Settings.model_construct(**defaults | told)
