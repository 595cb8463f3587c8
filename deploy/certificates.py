"""Certificates of the local stack: an authority of its own, and the servers' certificate by it.

They are for this machine. Whoever trusts the authority's certificate trusts its key, which lies
beside it: give devices in the field a certificate of your own.
"""

from dataclasses import dataclass
from pathlib import Path

from deploy.errors import ServerError
from deploy.files import make_private_directory, write_private

_NAMES = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files of one authority.

    Attributes:
        ca: its certificate, for whoever connects.
        ca_key: its key, which signs others.
        certificate: the servers', for 127.0.0.1 and localhost, with its chain.
        key: the servers' private key.
    """

    ca: Path
    ca_key: Path
    certificate: Path
    key: Path

    @classmethod
    def of(cls, directory: Path) -> "Certificates":
        """Return the files' places in a directory."""
        names = ("ca.pem", "ca.key", "server.pem", "server.key")
        return cls(*(directory / name for name in names))

    @property
    def exist(self) -> bool:
        """Whether all of them are there."""
        return all(path.exists() for path in (self.ca, self.ca_key, self.certificate, self.key))


def keep_certificates(directory: Path) -> Certificates:
    """Return the certificates in a directory; make them all if any is missing.

    Raises:
        ServerError: there is nothing here to make them with.
    """
    files = Certificates.of(directory)
    if files.exist:
        return files
    try:
        import trustme  # noqa: PLC0415 - the rest of this room needs nothing installed
    except ModuleNotFoundError:
        raise ServerError(
            "certificates are made with the Python package trustme, which this interpreter"
            " lacks: make demo TLS=1 has it"
        ) from None
    authority = trustme.CA(organization_name="Srepok on this machine")
    issued = authority.issue_cert(*_NAMES)
    chain = b"".join(part.bytes() for part in issued.cert_chain_pems)
    make_private_directory(directory)
    for path, content in (
        (files.ca, authority.cert_pem.bytes()),
        (files.ca_key, authority.private_key_pem.bytes()),
        (files.certificate, chain),
        (files.key, issued.private_key_pem.bytes()),
    ):
        write_private(path, content.decode("ascii"))
    return files
