"""Certificates made on the spot by ``openssl``, which Debian and every runner of tests have."""

import shutil
import ssl
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgresql import require

_AUTHORITY = """
[ca]
default_ca = house
[house]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = {names}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate that has signed itself, and its key."""

    file: Path
    key: Path

    def context(self, *, old: bool = False) -> ssl.SSLContext:
        """What a server speaks TLS with.

        Args:
            old: TLS 1.0 and nothing newer.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        if old:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context


def issue(folder: Path, names: str = "IP:127.0.0.1", until: str = "20491231235959Z") -> Certificate:
    """Make a certificate for these names that ends then and began in 2020."""
    if not shutil.which("openssl"):
        require("openssl", "openssl is needed: apt-get install openssl")
    made = Certificate(file=folder / "certificate.pem", key=folder / "key.pem")
    house, request = folder / "house.cnf", folder / "request.pem"
    house.write_text(_AUTHORITY.format(folder=folder, names=names))
    (folder / "index.txt").touch()
    new_key = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        str(made.key),
    ]
    _openssl("req", "-new", *new_key, "-subj", "/CN=mail.example.vn", "-out", str(request))
    span = ["-startdate", "20200101000000Z", "-enddate", until]
    files = ["-keyfile", str(made.key), "-in", str(request), "-out", str(made.file)]
    _openssl("ca", "-batch", "-selfsign", "-notext", "-config", str(house), *span, *files)
    return made


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
