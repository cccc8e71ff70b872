"""The certificate that gateways show: the one of the settings, or one that we sign ourselves."""

import ipaddress
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.errors import SandboxError

CERTIFICATE = "connect-certificate.pem"
KEY = "connect-key.pem"
LIFE = timedelta(days=825)
"""What clients that check such things accept at most."""
RENEW = timedelta(days=30)


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS as the server with this certificate. Raises SandboxError when the files are of no use."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise SandboxError(
            f"The certificate {certificate} with the key {key} can't be used: {error.strerror or error}. "
            "RIDE_CONNECT_TLS_CERTIFICATE and RIDE_CONNECT_TLS_KEY name files in PEM format; without both, "
            "Ride signs a certificate itself."
        ) from error
    return context


def self_signed(folder: Path, host: str) -> tuple[Path, Path]:
    """Certificate and key for a host's name or address, kept in the folder; made anew before they expire."""
    certificate, key = folder / CERTIFICATE, folder / KEY
    if not _serves(certificate, key, host):
        folder.mkdir(parents=True, exist_ok=True)
        _make(certificate, key, host)
    return certificate, key


def _serves(certificate: Path, key: Path, host: str) -> bool:
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return key.is_file() and _name(host) in names and found.not_valid_after_utc - datetime.now(UTC) > RENEW


def _make(certificate: Path, key: Path, host: str) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ride sandboxes")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key, pem, 0o600)
    _write(certificate, made.public_bytes(serialization.Encoding.PEM), 0o644)


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(path: Path, content: bytes, mode: int) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    beside.replace(path)
