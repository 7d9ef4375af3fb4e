"""SendEmail over HTTP: accepted (durable) messages per second with 32 keep-alive connections, 2 KiB of JSON, SigV4.

The recipient's host refuses connections, so that accepting is measured and next to nothing else. Prints the generator's
line with the service's CPU seconds per 1,000 messages. Takes the number of messages (default 5000)."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import common
import botocore.auth
import botocore.awsrequest
import botocore.credentials
from harness.knot import Knot
from harness.sesame import Sesame

CONNECTIONS = 32


def signed_request(sesame, key):
    text = "Hello, this is the text of a message of an ordinary length.\n" * 28
    body = json.dumps({"FromEmailAddress": "bench@sender.test", "Destination": {"ToAddresses": ["user@rcpt.test"]},
                       "Content": {"Simple": {"Subject": {"Data": "Benchmark"}, "Body": {"Text": {"Data": text}}}}})
    request = botocore.awsrequest.AWSRequest(method="POST", url=sesame.endpoint + "/v2/email/outbound-emails", data=body,
                                             headers={"Content-Type": "application/json"})
    credentials = botocore.credentials.Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    botocore.auth.SigV4Auth(credentials, "ses", "us-east-1").add_auth(request)
    head = f"POST /v2/email/outbound-emails HTTP/1.1\r\nHost: 127.0.0.1:{sesame.http_port}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return (head + f"Content-Length: {len(body)}\r\n\r\n" + body).encode()


def measure(scratch, count):
    knot = Knot(scratch / "knot").zone(".").zone("rcpt.test", ["@ MX 10 mx", "mx A 127.0.0.2"]).zone("sender.test").start()
    sesame = Sesame(scratch / "sesame", {"dns.stub_root": f"{knot.address}:{knot.port}", "log.level": "warning",
                                         "dns.authoritative_port": knot.port, "delivery.port": 1}).start()
    try:
        key = sesame.credentials()
        common.verify_domain(sesame, key, knot, "sender.test")
        (scratch / "request").write_bytes(signed_request(sesame, key))
        load = [os.environ["HTTP_LOAD"], "127.0.0.1", str(sesame.http_port), str(scratch / "request"), str(CONNECTIONS)]
        subprocess.run([*load, "200"], check=True, stdout=subprocess.DEVNULL)
        before = common.cpu_seconds(sesame.process.pid)
        result = json.loads(subprocess.run([*load, str(count)], check=True, capture_output=True, text=True).stdout)
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
