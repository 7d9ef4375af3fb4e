"""What the real name servers have in common: a directory, a port for UDP and TCP, zone files, one process with its log."""
import pathlib
import subprocess

from . import ports, wait


class NameServer:
    def __init__(self, directory, address="127.0.0.1", port=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.address = address
        self.port = port or ports.free_port(address, udp=True)
        self.zones = {}  # name -> text of a whole zone file
        self.process = None

    def zone_text(self, name, text):
        """Before the start: a whole zone file."""
        self.zones[name] = text
        return self

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.log.close()
            self.process = None

    def zone_file(self, name):
        return self.directory / ("zone-" + (name.strip(".") or "root") + ".zone")

    def _run(self, *command):
        """Starts the server and waits until `_answers()`."""
        self.log_file = self.directory / "server.log"
        self.log = open(self.log_file, "wb")
        self.process = subprocess.Popen([str(each) for each in command], stdout=self.log, stderr=self.log)
        wait.until(self._is_up, 20, f"{command[0]} answering")
        return self

    def _is_up(self):
        assert self.process.poll() is None, self.log_file.read_text(errors="replace")
        return self._answers()

    def _answers(self):
        raise NotImplementedError
