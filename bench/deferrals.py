#!/usr/bin/python3
"""A receiver that defers 30 % and rejects 5 % of the recipients, beside one that takes all, in the same run.

N messages of 10 KiB each time, over 20 SMTP sessions, to eight domains: recipients settled per second, that is taken,
deferred or rejected, from the first connection of the generator to the last first attempt. Then, for the capricious one, what was deferred is
waited for: all that was accepted and not rejected must have arrived, and nothing twice. Takes N (default 5000)."""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import common
from harness import wait
from harness.knot import Knot
from harness.ports import free_port
from harness.sesame import Sesame

DOMAINS, SESSIONS, OCTETS = 8, 20, 10 * 1024
SINK = "127.0.0.2"


class Sink:
    """bench/mail_sink, asked for its counters."""

    def __init__(self, port, *options, host=SINK):
        self.process = subprocess.Popen([os.environ["MAIL_SINK"], host, str(port), *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def counters(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


def make_service(scratch, port, **settings):
    zone = [line for k in range(DOMAINS) for line in (f"d{k} MX 10 mx{k}", f"mx{k} A {SINK}")]
    knot = Knot(scratch / "knot").zone(".").zone("sender.test").zone("rcpt.test", zone).start()
    sesame = Sesame(scratch / "sesame", {
        "dns.stub_root": f"{knot.address}:{knot.port}", "log.level": "error", "dns.authoritative_port": knot.port,
        "delivery.port": port, "submission.require_tls": False, **settings}).start()
    key = sesame.credentials()
    common.verify_domain(sesame, key, knot, "sender.test")
    return knot, sesame, key


@contextlib.contextmanager
def sink_and_service(scratch, *options, host=SINK, **settings):
    """The sink with its `options`, the name server, the service that sends there, and a key for it."""
    port = free_port(host)
    sink = Sink(port, *options, host=host)
    knot, sesame, key = make_service(scratch, port, **settings)
    try:
        yield sink, knot, sesame, key
    finally:
        sesame.stop()
        knot.stop()
        sink.stop()


def hand_in(scratch, sesame, key, recipients, octets=OCTETS, sessions=SESSIONS):
    (scratch / "recipients").write_text("\n".join(recipients) + "\n")
    environment = os.environ | {"SMTP_USER": key["SmtpUsername"], "SMTP_PASSWORD": key["SmtpPassword"]}
    return subprocess.Popen([os.environ["SUBMISSION_LOAD"], str(sesame.smtp_port), str(scratch / "recipients"),
                             str(sessions), str(octets), "bench@sender.test"], stdout=subprocess.PIPE, text=True,
                            env=environment)


def finish(load):
    output, _ = load.communicate(timeout=600)
    result = json.loads(output)
    assert result["refused"] == 0, result
    return result


def settled(counters):
    return counters["taken"] + counters["deferred"] + counters["rejected"]


def measure(scratch, count, *options):
    with sink_and_service(scratch, *options) as (sink, _, sesame, key):
        before = common.cpu_seconds(sesame.process.pid)
        began = time.monotonic()
        load = hand_in(scratch, sesame, key, [f"user{n}@d{n % DOMAINS}.rcpt.test" for n in range(count)])
        wait.until(lambda: settled(sink.counters()) >= count, 600, "a first attempt for all", every=0.05)
        took = time.monotonic() - began
        finish(load)
        result = {"settled_per_s": round(count / took, 1),
                  "cpu_s_per_1000": round((common.cpu_seconds(sesame.process.pid) - before) / count * 1000, 3)}
        first = sink.counters()
        expected = count - first["rejected"]
        wait.until(lambda: sink.counters()["taken"] >= expected, 180, "what was deferred", every=0.5)
        last = sink.counters()
        assert last["taken"] == expected and last["twice"] == 0, last
        return result | {"deferred": last["deferred"], "rejected": last["rejected"], "arrived": last["taken"],
                         "lost": expected - last["taken"], "twice": last["twice"]}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    runs = {"clean": (), "capricious": ("--defer", "30", "--reject", "5")}
    results = {}
    for name, options in runs.items():
        with tempfile.TemporaryDirectory() as scratch:
            results[name] = measure(pathlib.Path(scratch), count, *options)
    results["share"] = round(results["capricious"]["settled_per_s"] / results["clean"]["settled_per_s"], 2)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
