"""The binary under test, as its operator runs it: a configuration file, a data directory, signals."""
import json
import os
import pathlib
import signal
import subprocess
import urllib.request

from . import ports, wait

BINARY = os.environ.get("SESAME_BINARY") or str(
    pathlib.Path(__file__).resolve().parents[3] / "build" / "release" / "src" / "app" / "sesame")


def assignments(values):
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())


class Sesame:
    """`settings` maps "section.key" to a TOML value (text, number, list; a list of dicts is [[section.key]], several
    times); the rest is chosen here."""

    def __init__(self, directory, settings=None, domain="svc.example"):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.http_port, self.smtp_port, self.feedback_port = (ports.free_port() for _ in range(3))
        self.settings = {
            "service.domain": domain,
            "service.data_dir": str(self.directory / "data"),
            "service.admin_email": f"operator@{domain}",
            "http.listen": [f"127.0.0.1:{self.http_port}"],
            "submission.listen": [f"127.0.0.1:{self.smtp_port}"],
            "feedback.listen": [f"127.0.0.1:{self.feedback_port}"],
            "dns.trust_anchor": "none",
            "dns.allow_private_servers": True,
            "delivery.allow_private_destinations": True,
        }
        self.settings.update(settings or {})
        self.config = self.directory / "sesame.toml"
        self.environment = {}  # beside the test's own, for the service and its subcommands
        self.process = None
        self.write_config()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.http_port}"

    def write_config(self):
        sections, tables = {}, []
        for key, value in self.settings.items():
            section, name = key.split(".")
            if isinstance(value, list) and value and isinstance(value[0], dict):
                tables += [f"[[{key}]]\n" + assignments(table) for table in value]
            else:
                sections.setdefault(section, {})[name] = value
        self.config.write_text("".join([f"[{s}]\n" + assignments(values) for s, values in sections.items()] + tables))

    def run(self, *arguments, check=True, timeout=60, **kwargs):
        """A subcommand with --config; returns CompletedProcess with text output."""
        result = subprocess.run([BINARY, *arguments, "--config", str(self.config)], capture_output=True, text=True,
                                timeout=timeout, env=os.environ | self.environment, **kwargs)
        if check and result.returncode != 0:
            raise AssertionError(f"sesame {' '.join(arguments)}: exit {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    def start(self):
        self.log = open(self.directory / "sesame.log", "ab")
        self.process = subprocess.Popen([BINARY, "serve", "--config", str(self.config)], stdout=self.log, stderr=self.log,
                                        env=os.environ | self.environment)
        wait.until(self._ready, 15, "sesame ready")
        return self

    def _ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"sesame ended with {self.process.returncode}:\n{self.log_text()}")
        try:
            with urllib.request.urlopen(self.endpoint + "/readyz", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def metrics(self):
        """Values by name with label: {'sesame_delivery_group_waiting{group="mx1.a.example"}': 2.0, …}"""
        with urllib.request.urlopen(self.endpoint + "/metrics", timeout=10) as answer:
            lines = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in lines}

    def log_text(self):
        return (self.directory / "sesame.log").read_text(errors="replace")

    def stop(self, how=signal.SIGTERM, seconds=30):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(seconds)
        status = self.process.returncode if self.process else None
        self.process = None
        return status

    def kill(self):
        return self.stop(signal.SIGKILL)

    def credentials(self):
        """A new access key as `sesame credentials create --json` prints it."""
        return json.loads(self.run("credentials", "create", "--json").stdout)
