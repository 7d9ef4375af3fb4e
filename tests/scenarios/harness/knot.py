"""A real authoritative name server (Knot) with zones the test edits."""
import subprocess

from .name_server import NameServer


class Knot(NameServer):
    def __init__(self, directory, address="127.0.0.1", port=None, keys=None):
        """`keys`: {name: (algorithm, base64, actions)} for TSIG, the same in every zone; actions as in Knot's acl."""
        super().__init__(directory, address, port)
        self.keys = keys or {}

    def zone(self, name, records=()):
        """Adds or replaces a zone; `records` are zone-file lines with names relative to it."""
        self.zones[name] = list(records)
        if self.process:
            self._write_config()
            self._write_zone(name)
            self._control("reload")
            self._control("-b", "zone-reload", self._fqdn(name))
        return self

    def zone_text(self, name, text):
        """Serves a whole zone file, SOA and all, under that name; again to replace it."""
        known = name in self.zones
        self.zones[name] = text
        self._write_zone(name)
        if not known:
            self._write_config()
            self._control("reload")
        self._control("-b", "zone-reload", self._fqdn(name))

    def set(self, zone, records):
        """Replaces the records of a zone and waits until Knot serves them."""
        self.zones[zone] = list(records)
        self._write_zone(zone)
        self._control("-b", "zone-reload", self._fqdn(zone))

    def add(self, zone, *records):
        self.set(zone, self.zones[zone] + list(records))

    def remove(self, zone, predicate):
        self.set(zone, [r for r in self.zones[zone] if not predicate(r)])

    def start(self):
        self._serial = 1
        self._write_config()
        for name in self.zones:
            self._write_zone(name)
        self._run("/usr/sbin/knotd", "-c", self.directory / "knot.conf")
        for name in self.zones:
            self._control("-b", "zone-reload", self._fqdn(name))
        return self

    def _answers(self):
        return self._control("status", check=False) == 0

    @staticmethod
    def _fqdn(name):
        return name.rstrip(".") + "."

    def _write_zone(self, name):
        if isinstance(self.zones[name], str):
            self.zone_file(name).write_text(self.zones[name])
            return
        self._serial += 1
        fqdn = self._fqdn(name)
        host = "ns1." + fqdn if fqdn != "." else "ns1.root."
        lines = [f"$ORIGIN {fqdn}", "$TTL 5", f"@ SOA {host} hostmaster.{fqdn if fqdn != '.' else 'root.'} {self._serial} 60 60 600 1",
                 f"@ NS {host}", f"{host} A {self.address}"]
        self.zone_file(name).write_text("\n".join(lines + self.zones[name]) + "\n")

    def _write_config(self):
        acl = f"\n    acl: [{', '.join(self.keys)}]" if self.keys else ""
        keys = "".join(f"  - id: {name}.\n    algorithm: {algorithm}\n    secret: {secret}\n"
                       for name, (algorithm, secret, _) in self.keys.items())
        acls = "".join(f"  - id: {name}\n    key: {name}.\n    action: [{', '.join(actions)}]\n"
                       for name, (_, _, actions) in self.keys.items())
        zones = "\n".join(
            f"  - domain: {self._fqdn(name)}\n    file: {self.zone_file(name)}\n    zonefile-sync: -1\n    zonefile-load: whole\n    journal-content: none{acl}"
            for name in self.zones)
        (self.directory / "knot.conf").write_text(
            f"server:\n  listen: {self.address}@{self.port}\n  rundir: {self.directory}\n  pidfile: {self.directory}/knot.pid\n"
            f"control:\n  listen: {self.directory}/knot.sock\n"
            f"database:\n  storage: {self.directory}/db\n"
            "log:\n  - target: stderr\n    any: warning\n"
            + (f"key:\n{keys}acl:\n{acls}" if self.keys else "") +
            f"zone:\n{zones}\n")

    def _control(self, *arguments, check=True):
        result = subprocess.run(["/usr/sbin/knotc", "-s", str(self.directory / "knot.sock"), *arguments],
                                capture_output=True, text=True, timeout=20)
        if check and result.returncode != 0:
            raise RuntimeError(f"knotc {' '.join(arguments)}: {result.stdout} {result.stderr}")
        return result.returncode
