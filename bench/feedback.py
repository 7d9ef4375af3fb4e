#!/usr/bin/python3
"""The feedback door: bounces taken (durable, with their events) per second, over many sessions. Each is a delivery status
notification to the return path of a message of its own, which the service has really sent.

Prints the generator's line with the service's CPU seconds per 1,000 bounces. Takes the number of bounces (default 5000)."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import common
from harness.knot import Knot
from harness.sesame import Sesame

SESSIONS, PER_SESSION = 50, 10
_connection = threading.local()


def signed(sesame, key, recipient):
    body = json.dumps({"FromEmailAddress": "bench@sender.test", "Destination": {"ToAddresses": [recipient]},
                       "Content": {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}}})
    request = botocore.awsrequest.AWSRequest(method="POST", url=sesame.endpoint + "/v2/email/outbound-emails", data=body,
                                             headers={"Content-Type": "application/json"})
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "ses",
                            "us-east-1").add_auth(request)
    return body, dict(request.headers)


def send(sesame, key, number):
    """Sends a message: "return path, recipient"."""
    recipient = f"user{number}@rcpt.test"
    body, headers = signed(sesame, key, recipient)
    if not hasattr(_connection, "http"):
        _connection.http = http.client.HTTPConnection("127.0.0.1", sesame.http_port, timeout=60)
    _connection.http.request("POST", "/v2/email/outbound-emails", body, headers)
    answer = json.loads(_connection.http.getresponse().read())
    return f"{answer['MessageId']}@svc.example {recipient}"


def measure(scratch, count):
    knot = Knot(scratch / "knot").zone(".").zone("rcpt.test", ["@ MX 10 mx", "mx A 127.0.0.2"]).zone("sender.test").start()
    sesame = Sesame(scratch / "sesame", {"dns.stub_root": f"{knot.address}:{knot.port}", "log.level": "warning",
                                         "dns.authoritative_port": knot.port, "delivery.port": 1}).start()
    try:
        key = sesame.credentials()
        common.verify_domain(sesame, key, knot, "sender.test")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            paths = list(pool.map(lambda number: send(sesame, key, number), range(count)))
        (scratch / "paths").write_text("\n".join(paths) + "\n")
        before = common.cpu_seconds(sesame.process.pid)
        load = subprocess.run([os.environ["FEEDBACK_LOAD"], "127.0.0.1", str(sesame.feedback_port), str(scratch / "paths"),
                               str(SESSIONS), str(PER_SESSION)], capture_output=True, text=True)
        result = json.loads(load.stdout)
        result["cpu_s_per_1000"] = round((common.cpu_seconds(sesame.process.pid) - before) / count * 1000, 3)
        return result
    finally:
        sesame.stop()
        knot.stop()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(measure(pathlib.Path(scratch), count)))


if __name__ == "__main__":
    main()
