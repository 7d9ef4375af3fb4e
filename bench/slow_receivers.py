#!/usr/bin/python3
"""Five thousand receivers that take 30 seconds each, at the same time: what memory that takes, and whether mail to others
arrives as soon as without them.

Each slow domain has a host of its own (127.1.x.y, all one process) and one message; delivery.max_connections allows all of
them, beside the tenth that is kept for transactional mail. The latency of a message to a quick host, from the start of the
generator that submits it to its arrival, is taken before and while all of them are held. Takes the number of receivers
(default 5000)."""
import json
import pathlib
import resource
import statistics
import sys
import tempfile
import time

import common
import deferrals
from harness import wait

HOLD, PROBES = 30, 30


def address(number):
    return f"127.1.{number // 250}.{number % 250 + 1}"


def raise_descriptors():
    """Sinks and service inherit it: a descriptor for each connection."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def probe(scratch, sesame, key, sink):
    """Milliseconds from the beginning of a submission to the arrival, one message at a time."""
    latencies = []
    for _ in range(PROBES):
        taken = sink.counters()["taken"]
        began = time.monotonic()
        load = deferrals.hand_in(scratch, sesame, key, [f"user{time.monotonic_ns()}@d0.rcpt.test"], 1024, 1)
        wait.until(lambda: sink.counters()["taken"] > taken, 60, "the probe", every=0.002)
        latencies.append((time.monotonic() - began) * 1000)
        deferrals.finish(load)
    return {"p50_ms": round(statistics.median(latencies), 1), "max_ms": round(max(latencies), 1)}


def measure(scratch, count):
    with deferrals.sink_and_service(scratch, "--hold", str(HOLD), host="0.0.0.0", **{
            "delivery.max_connections": count * 14 // 10 + 100}) as (sink, knot, sesame, key):
        knot.zone("slow.test", [line for n in range(count) for line in (f"s{n} MX 10 mx{n}", f"mx{n} A {address(n)}")])
        alone = probe(scratch, sesame, key, sink)
        before = common.rss_kib(sesame.process.pid)
        load = deferrals.hand_in(scratch, sesame, key, [f"slow@s{n}.slow.test" for n in range(count)])
        wait.until(lambda: sink.counters()["holding"] >= count, HOLD, "all receivers at work", every=0.1)
        beside = probe(scratch, sesame, key, sink)
        grown = common.rss_kib(sesame.process.pid) - before
        still_held = sink.counters()["holding"]
        deferrals.finish(load)
        wait.until(lambda: sink.counters()["taken_slowly"] >= count, 300, "what the slow ones take", every=0.5)
        last = sink.counters()
        return {"receivers": count, "at_a_time": last["most_holding"], "held_to_the_end": still_held,
                "rss_growth_mib": round(grown / 1024), "others_alone": alone, "others_beside": beside,
                "arrived": last["taken_slowly"], "twice": last["twice"]}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    raise_descriptors()
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(measure(pathlib.Path(scratch), count)))


if __name__ == "__main__":
    main()
