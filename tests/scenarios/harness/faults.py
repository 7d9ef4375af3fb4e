"""A disk that fails and a clock that jumps: tests/tools/faulty.cc in the process under test, steered from here."""
import contextlib
import os
import pathlib
import struct

LIBRARY = os.environ.get("SESAME_FAULTY") or str(
    pathlib.Path(__file__).resolve().parents[3] / "build" / "release" / "tests" / "libsesame_faulty.so")
DISK = {"no space": "n", "read-only": "r", "writes fail": "w", "syncs fail": "s"}


class Faults:
    """`environment` is for the process; `below` is the directory whose files fail."""

    def __init__(self, file, below):
        self.file = pathlib.Path(file)
        self.file.write_bytes(struct.pack("=c7xq", b"-", 0))
        self.environment = {"LD_PRELOAD": LIBRARY, "SESAME_FAULTS": str(self.file), "SESAME_FAULTS_BELOW": str(below)}

    def _write(self, offset, octets):
        with open(self.file, "r+b", buffering=0) as file:
            file.seek(offset)
            file.write(octets)

    @contextlib.contextmanager
    def disk(self, how):
        self._write(0, DISK[how].encode())
        try:
            yield
        finally:
            self._write(0, b"-")

    @contextlib.contextmanager
    def clock(self, seconds):
        """The time of day, so much off."""
        self._write(8, struct.pack("=q", seconds))
        try:
            yield
        finally:
            self._write(8, struct.pack("=q", 0))
