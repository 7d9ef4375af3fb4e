"""A certificate authority of the scenario's own."""
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Authority:
    """`file` is what those are given who are to trust it."""

    def __init__(self, directory):
        self.directory = directory
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "The scenario's authority")])
        made = self._builder(self.name, self.key).add_extension(x509.BasicConstraints(True, None), True).sign(
            self.key, hashes.SHA256())
        self.file = directory / "authority.pem"
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject, key):
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                .not_valid_after(now + datetime.timedelta(days=30)))

    def certificate(self, host):
        """(certificate file, key file)"""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        made = self._builder(subject, key).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host)]), False).sign(self.key, hashes.SHA256())
        files = self.directory / f"{host}.pem", self.directory / f"{host}.key"
        files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()))
        return files
