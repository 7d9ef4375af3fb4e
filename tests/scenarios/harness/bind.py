"""BIND, an authoritative name server that takes dynamic updates."""
import pathlib
import subprocess

import dns.message
import dns.query

from . import ports, wait


class Bind:
    def __init__(self, directory, address="127.0.0.1", port=None, keys=None):
        """`keys`: {name: (algorithm, base64, may_update)}."""
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.address = address
        self.port = port or ports.free_port(address, udp=True)
        self.keys = keys or {}
        self.zones = {}
        self.process = None

    def zone_text(self, name, text):
        """Before the start: a whole zone file."""
        self.zones[name] = text
        return self

    def start(self):
        updaters = "".join(f"key {name}; " for name, (_, _, may_update) in self.keys.items() if may_update)
        transferers = "".join(f"key {name}; " for name in self.keys)
        lines = [f'options {{ directory "{self.directory}"; pid-file "{self.directory}/named.pid"; session-keyfile none; '
                 f"listen-on port {self.port} {{ {self.address}; }}; listen-on-v6 {{ none; }}; recursion no; notify no; "
                 f"dnssec-validation no; allow-transfer {{ {transferers}}}; }};", "controls { };"]
        lines += [f'key "{name}" {{ algorithm {algorithm}; secret "{secret}"; }};'
                  for name, (algorithm, secret, _) in self.keys.items()]
        for name, text in self.zones.items():
            file = self.directory / (name.strip(".") or "root")
            file.write_text(text)
            lines.append(f'zone "{name}" {{ type primary; file "{file}"; allow-update {{ {updaters or "none; "}}}; }};')
        (self.directory / "named.conf").write_text("\n".join(lines) + "\n")
        self.log = open(self.directory / "named.log", "wb")
        self.process = subprocess.Popen(["/usr/sbin/named", "-g", "-n", "1", "-c", str(self.directory / "named.conf")],
                                        stdout=self.log, stderr=self.log)
        wait.until(self._answers, 20, "named answering")
        return self

    def _answers(self):
        assert self.process.poll() is None, (self.directory / "named.log").read_text(errors="replace")
        try:
            query = dns.message.make_query(next(iter(self.zones)), "SOA")
            return dns.query.udp(query, self.address, timeout=0.5, port=self.port).answer
        except Exception:
            return False

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.log.close()
            self.process = None
