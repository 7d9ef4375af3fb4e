"""ClamAV's daemon, unpacked by mtas.sh, with the signatures a scenario makes up: nothing is fetched, nothing is installed."""
import hashlib
import pathlib
import socket
import subprocess

from . import ports, wait
from .mta import PACKAGES

BINARY = PACKAGES / "clamav-daemon" / "usr" / "sbin" / "clamd"


class Clamd:
    """`marker`: octets that are malware wherever they stand. `file`: octets that are when they are all of a file."""

    def __init__(self, directory, marker, file, max_stream_octets, port=None):
        self.directory = pathlib.Path(directory)
        self.socket = self.directory / "clamd.ctl"
        self.port = port or ports.free_port()
        self.process = None
        signatures = self.directory / "signatures"
        signatures.mkdir()
        (signatures / "made-up.ndb").write_text(f"Sesame.Marker:0:*:{marker.hex()}\n")
        (signatures / "made-up.hdb").write_text(f"{hashlib.md5(file).hexdigest()}:{len(file)}:Sesame.File\n")
        self.configuration = self.directory / "clamd.conf"
        self.configuration.write_text("\n".join([
            "Foreground yes", f"DatabaseDirectory {signatures}", f"TemporaryDirectory {self.directory}",
            f"LocalSocket {self.socket}", f"TCPSocket {self.port}", "TCPAddr 127.0.0.1",
            f"StreamMaxLength {max_stream_octets}", "SelfCheck 0", "LogVerbose no"]) + "\n")

    def start(self):
        self.log = open(self.directory / "clamd.log", "ab")
        self.process = subprocess.Popen([str(BINARY), "--config-file", str(self.configuration)], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, cwd=self.directory)
        wait.until(self._answers, 60, "clamd ready")
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"clamd ended with {self.process.returncode}:\n"
                                 + (self.directory / "clamd.log").read_text(errors="replace"))
        with socket.socket(socket.AF_UNIX) as session:
            session.settimeout(5)
            try:
                session.connect(str(self.socket))
                session.sendall(b"zPING\0")
                return session.recv(16) == b"PONG\0"
            except OSError:
                return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        self.process = None
        self.log.close()
