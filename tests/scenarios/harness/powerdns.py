"""PowerDNS, an authoritative name server with an HTTP API, its zones in SQLite."""
import contextlib
import json
import pathlib
import sqlite3
import subprocess
import urllib.request

from . import ports
from .name_server import NameServer

SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"


class PowerDns(NameServer):
    def __init__(self, directory, address="127.0.0.1", port=None, api_key="an API key"):
        super().__init__(directory, address, port)
        self.api_port = ports.free_port(address)
        self.api_key = api_key

    @property
    def url(self):
        return f"http://{self.address}:{self.api_port}"

    def start(self):
        database = self.directory / "pdns.sqlite3"
        with contextlib.closing(sqlite3.connect(database)) as connection:
            connection.executescript(pathlib.Path(SCHEMA).read_text())
        settings = {
            "launch": "gsqlite3", "gsqlite3-database": database, "local-address": self.address, "local-port": self.port,
            "api": "yes", "api-key": self.api_key, "webserver": "yes", "webserver-address": self.address,
            "webserver-port": self.api_port, "webserver-allow-from": "127.0.0.0/8", "socket-dir": self.directory,
            "daemon": "no", "guardian": "no", "cache-ttl": 0, "query-cache-ttl": 0, "negquery-cache-ttl": 0,
            "zone-cache-refresh-interval": 0, "allow-axfr-ips": "127.0.0.0/8", "dnsupdate": "yes",
            "allow-dnsupdate-from": "127.0.0.0/8", "security-poll-suffix": ""}
        (self.directory / "pdns.conf").write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        for name, text in self.zones.items():
            self.zone_file(name).write_text(text)
            subprocess.run(["/usr/bin/pdnsutil", f"--config-dir={self.directory}", "load-zone", name,
                            str(self.zone_file(name))], check=True, capture_output=True, timeout=30)
        return self._run("/usr/sbin/pdns_server", f"--config-dir={self.directory}")

    def _answers(self):
        try:
            return self.api("GET", "/zones")
        except OSError:
            return False

    def api(self, method, path, value=None):
        request = urllib.request.Request(f"{self.url}/api/v1/servers/localhost{path}", method=method,
                                         data=None if value is None else json.dumps(value).encode(),
                                         headers={"X-API-Key": self.api_key})
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
            return json.loads(body) if body else None
