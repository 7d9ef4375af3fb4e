"""BIND, an authoritative name server that takes dynamic updates."""
import dns.message
import dns.query

from .name_server import NameServer


class Bind(NameServer):
    def __init__(self, directory, address="127.0.0.1", port=None, keys=None):
        """`keys`: {name: (algorithm, base64, may_update)}."""
        super().__init__(directory, address, port)
        self.keys = keys or {}

    def start(self):
        updaters = "".join(f"key {name}; " for name, (_, _, may_update) in self.keys.items() if may_update)
        transferers = "".join(f"key {name}; " for name in self.keys)
        lines = [f'options {{ directory "{self.directory}"; pid-file "{self.directory}/named.pid"; session-keyfile none; '
                 f"listen-on port {self.port} {{ {self.address}; }}; listen-on-v6 {{ none; }}; recursion no; notify no; "
                 f"dnssec-validation no; allow-transfer {{ {transferers}}}; }};", "controls { };"]
        lines += [f'key "{name}" {{ algorithm {algorithm}; secret "{secret}"; }};'
                  for name, (algorithm, secret, _) in self.keys.items()]
        for name, text in self.zones.items():
            self.zone_file(name).write_text(text)
            lines.append(f'zone "{name}" {{ type primary; file "{self.zone_file(name)}"; allow-update {{ {updaters or "none; "}}}; }};')
        (self.directory / "named.conf").write_text("\n".join(lines) + "\n")
        return self._run("/usr/sbin/named", "-g", "-n", "1", "-c", self.directory / "named.conf")

    def _answers(self):
        try:
            query = dns.message.make_query(next(iter(self.zones)), "SOA")
            return dns.query.udp(query, self.address, timeout=0.5, port=self.port).answer
        except Exception:
            return False
