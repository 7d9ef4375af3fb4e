"""What the figures share: the scenarios' harness, a signed API client, process memory."""
import os
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "scenarios"))

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from harness import wait  # noqa: E402


def client(sesame, keys):
    return boto3.client("sesv2", region_name="us-east-1", endpoint_url=sesame.endpoint,
                        aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                        config=Config(retries={"max_attempts": 0}))


def verify_domain(sesame, keys, knot, domain):
    """Makes the identity and publishes its DKIM records; `knot` serves the domain. Returns when mail may be sent."""
    api = client(sesame, keys)
    tokens = api.create_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"]
    knot.add(domain, *(f"{token}._domainkey CNAME {token}.dkim.svc.example." for token in tokens))
    wait.until(lambda: api.get_email_identity(EmailIdentity=domain)["VerifiedForSendingStatus"], 30,
               f"{domain} is verified")


def rss_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")


def spread(values, unit="s"):
    values = sorted(values)
    return (f"min {values[0]:.3f} {unit}, median {statistics.median(values):.3f} {unit}, "
            f"max {values[-1]:.3f} {unit} ({len(values)} runs)")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
