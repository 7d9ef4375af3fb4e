"""Memory and look-up rate with 100,000 confirmed identities, all due within one minute, zones at a real name server."""
import os
import pathlib
import subprocess
import tempfile
import time

import common
from harness.knot import Knot
from harness.sesame import Sesame

COUNT = 100_000
SECONDS_WATCHED = 60


def measure(scratch, count, knot):
    sesame = Sesame(scratch, {"dns.stub_root": f"{knot.address}:{knot.port}", "dns.authoritative_port": knot.port,
                              "log.level": "warning"})
    if count:
        subprocess.run([os.environ["FILL_IDENTITIES"], sesame.settings["service.data_dir"], str(count),
                        "customers.example", "60"], check=True)
    sesame.start()
    peak = 0
    until = time.monotonic() + SECONDS_WATCHED
    begin_cpu = common.cpu_seconds(sesame.process.pid)
    while time.monotonic() < until:
        peak = max(peak, common.rss_kib(sesame.process.pid))
        time.sleep(0.5)
    used = common.cpu_seconds(sesame.process.pid) - begin_cpu
    done = looked(sesame) if count else 0
    sesame.stop()
    return peak, used, done


def looked(sesame):
    """Identities whose next look was moved past the minute in which all were due."""
    import sqlite3
    database = sqlite3.connect(f"file:{sesame.settings['service.data_dir']}/control.db?mode=ro", uri=True)
    (count,) = database.execute("select count(*) from identities where next_look > ?",
                                (int((time.time() + 300) * 1000),)).fetchone()
    return count


def main():
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        wildcard = ["* MX 10 feedback-smtp.us-east-1.svc.example.", '* TXT "v=spf1 include:svc.example ~all"']
        knot = Knot(scratch / "knot").zone(".").zone("customers.example", wildcard).start()
        try:
            empty, empty_cpu, _ = measure(scratch / "empty", 0, knot)
            full, full_cpu, done = measure(scratch / "full", COUNT, knot)
        finally:
            knot.stop()
    per_identity = (full - empty) * 1024 / COUNT
    print(f"peak RSS with no identity {empty} KiB, with {COUNT} identities {full} KiB: "
          f"{per_identity:.0f} octets per identity; target: at most 1024")
    print(f"{done} looks in {SECONDS_WATCHED} s ({done / SECONDS_WATCHED:.0f}/s), {full_cpu:.1f} CPU-seconds "
          f"(idle: {empty_cpu:.1f})")


if __name__ == "__main__":
    main()
