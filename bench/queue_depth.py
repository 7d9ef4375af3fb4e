"""A million queued recipients: how long from the start to a first delivery, what memory they take, and whether accepting
is slower than with an empty queue.

Nine in ten are deferred, the others are due and wait for a host that takes connections and never says a word; the very
last one is for a host that takes its mail. The rows are made from one message the service accepted itself. Takes the number
of recipients (default 1000000)."""
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import common
import http_accept
from harness.knot import Knot
from harness.ports import free_port
from harness.receiver import Receiver
from harness.sesame import Sesame

ACCEPTED = 3000
DOMAINS = 500


class SilentHost:
    """Takes connections and keeps them."""

    def __init__(self, address, port):
        self.socket = socket.create_server((address, port), backlog=200)
        self.kept = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                self.kept.append(self.socket.accept()[0])
        except OSError:
            pass

    def stop(self):
        self.socket.close()
        for connection in self.kept:
            connection.close()


def columns(db, table, without):
    return [row[1] for row in db.execute(f"pragma table_info({table})") if row[1] not in without]


def copy_rows(db, table, changed, count):
    """`count` copies of the table's only row; `changed`: column -> expression of n, which counts from 1."""
    kept = columns(db, table, changed)
    names, values = ", ".join([*kept, *changed]), ", ".join([*kept, *changed.values()])
    db.execute(f"with recursive n(n) as (select 1 union all select n + 1 from n where n < {count}) "
               f"insert into {table} ({names}) select {values} from n, (select * from {table} limit 1)")


def fill(file, count):
    db = sqlite3.connect(file)
    db.execute("pragma synchronous = off")
    (one,) = db.execute("select max(queue_id) from recipients where state = 0").fetchone()
    for table in ("messages", "recipients", "contents"):
        db.execute(f"delete from {table} where queue_id <> {one}")
    first, now = db.execute("select queue_id, accepted from messages").fetchone()
    number = f"{first} + n"
    due = f"n % 10 = 0 or n = {count}"
    domain = f"case when n = {count} then 'live.test' when n % 10 = 0 then 'silent' || (n % {DOMAINS}) || '.test' else 'far.test' end"
    copy_rows(db, "messages", {"queue_id": number, "accepted": "accepted + n % 1000", "unfinished": "1",
                               "api_message_id": "printf('%s%043d', substr(api_message_id, 1, 17), n)"}, count)
    copy_rows(db, "contents", {"queue_id": number}, count)
    copy_rows(db, "recipients", {"recipient_id": "recipient_id + n", "queue_id": number, "state": "0",
                                 "forward_path": f"'user' || n || '@' || {domain}",
                                 "next_attempt": f"case when {due} then {now} + n / 1000 else {now} + 7200000 + n end"}, count)
    db.commit()
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()


def accept_rate(scratch, sesame, key):
    (scratch / "request").write_bytes(http_accept.signed_request(sesame, key))
    load = [os.environ["HTTP_LOAD"], "127.0.0.1", str(sesame.http_port), str(scratch / "request"),
            str(http_accept.CONNECTIONS)]
    subprocess.run([*load, "200"], check=True, stdout=subprocess.DEVNULL)
    return json.loads(subprocess.run([*load, str(ACCEPTED)], check=True, capture_output=True, text=True).stdout)


def make_service(scratch):
    port = free_port()
    zone = [line for k in range(DOMAINS) for line in (f"silent{k} MX 10 mx.silent",)]
    knot = Knot(scratch / "knot").zone(".").zone("sender.test").zone("test", [
        *zone, "mx.silent A 127.0.0.3", "live MX 10 mx.live", "mx.live A 127.0.0.4", "rcpt MX 10 mx.rcpt",
        "mx.rcpt A 127.0.0.2"]).start()
    sesame = Sesame(scratch / "sesame", {"dns.stub_root": f"{knot.address}:{knot.port}", "log.level": "error",
                                         "dns.authoritative_port": knot.port, "delivery.port": port}).start()
    key = sesame.credentials()
    common.verify_domain(sesame, key, knot, "sender.test")
    return knot, sesame, key, port


def measure(scratch, count):
    knot, sesame, key, port = make_service(scratch)
    silent, live = SilentHost("127.0.0.3", port), Receiver("127.0.0.4", port).start()
    try:
        empty = accept_rate(scratch, sesame, key)
        sesame.stop()
        fill(scratch / "sesame" / "data" / "queue.db", count)
        began = time.monotonic()
        sesame.start()
        ready = time.monotonic() - began
        live.wait_for(lambda m: True, 60, "the first delivery")
        delivered = time.monotonic() - began
        full = accept_rate(scratch, sesame, key)
        return {"recipients": count, "ready_s": round(ready, 2), "first_delivery_s": round(delivered, 2),
                "rss_mib": round(common.rss_kib(sesame.process.pid) / 1024), "accepted_per_s_empty": empty["per_s"],
                "accepted_per_s_full": full["per_s"]}
    finally:
        sesame.stop()
        live.stop()
        silent.stop()
        knot.stop()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(measure(pathlib.Path(scratch), count)))


if __name__ == "__main__":
    main()
