"""Starts Sesame for the peer benchmark in its production mode and leaves it running; its pid is in <dir>/sesame.pid.

start.py DIRECTORY SINK_PORT DOMAINS DKIM_DOMAIN SELECTOR KEY_PEM

Knot serves the recipients' domains (an MX each, at 127.0.1.K) and the sender's; the sender is verified through the public
API with its own DKIM key, as a customer would do it."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import common  # noqa: E402
from harness import wait  # noqa: E402
from harness.knot import Knot  # noqa: E402
from harness.sesame import Sesame  # noqa: E402

SMTP_PORT = 2606


def base64_of(pem):
    return "".join(line for line in pem.splitlines() if line and not line.startswith("-----"))


def recipients(domains):
    return [line for k in range(1, domains + 1) for line in (f"d{k} MX 10 mx{k}", f"mx{k} A 127.0.1.{k}")]


def quoted(text):
    return " ".join(f'"{part}"' for part in re.findall(".{1,200}", text))


def main():
    directory, sink_port, domains, dkim_domain, selector, key_file = sys.argv[1:]
    directory = pathlib.Path(directory)
    private = subprocess.run(["openssl", "pkey", "-in", key_file], capture_output=True, text=True, check=True).stdout
    public = subprocess.run(["openssl", "pkey", "-in", key_file, "-pubout"], capture_output=True, text=True, check=True)
    key_record = "v=DKIM1; k=rsa; p=" + base64_of(public.stdout)
    knot = Knot(directory / "knot").zone(".").zone("peer.test", recipients(int(domains)))
    knot.zone(dkim_domain, [f"{selector}._domainkey TXT {quoted(key_record)}"]).start()
    server = f"{knot.address}:{knot.port}"
    sesame = Sesame(directory, {
        "dns.stub_root": server, "dns.authoritative_port": knot.port, "delivery.port": int(sink_port),
        "submission.listen": [f"127.0.0.1:{SMTP_PORT}"], "submission.require_tls": False, "log.level": "warning"})
    key = sesame.credentials()
    sesame.start()
    (directory / "sesame.pid").write_text(str(sesame.process.pid))
    (directory / "loadargs").write_text(f"-u {key['SmtpUsername']} -w {key['SmtpPassword']}\n")
    client = common.client(sesame, key)
    client.create_email_identity(EmailIdentity=dkim_domain, DkimSigningAttributes={
        "DomainSigningSelector": selector, "DomainSigningPrivateKey": base64_of(private)})
    wait.until(lambda: client.get_email_identity(EmailIdentity=dkim_domain)["VerifiedForSendingStatus"], 30,
               "the sender's domain is verified")


if __name__ == "__main__":
    main()
