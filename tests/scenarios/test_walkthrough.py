"""The two commands a newcomer types: the sandbox, and the walkthrough that proves the MAIL FROM procedure against it."""
import json
import os
import pathlib
import re
import subprocess

from harness import sandbox as sandboxes
from harness.sesame import BINARY

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Each step of the procedure with something its proof must say.
STEPS = [
    ("Create the identity", r"three DKIM tokens were issued"),
    ("Publish the three CNAMEs", r"verified \d+\.\d s after publishing"),
    ("Send with the default MAIL FROM", r"SPF is not aligned with shop-"),
    ("MAIL FROM domains that are refused",
     r"Provided MAIL-FROM domain <bounce\.other-\w+\.example> is not subdomain of the domain of the identity <shop-"),
    ("Set MAIL FROM domain", r"status is PENDING"),
    ("Publish two MX", r"the diagnosis names the problem"),
    ("Publish exactly one MX", r"confirmed \d+\.\d s after publishing"),
    ("Send again", r"DMARC passes"),
    ("Send to the bounce simulator", r"at the customer's own bounce\.shop-"),
    ("Withdraw the MX", r"the second one does: TEMPORARY_FAILURE"),
    ('Behaviour "reject"', r"refused: MAIL FROM domain not verified"),
    ('Behaviour "use default"', r"the envelope stands in svc\.example"),
]


def assert_every_proof(output):
    position = 0
    for title, proof in STEPS:
        position = output.find(title, position)
        assert position >= 0, f"no step {title!r} in order\n{output}"
        assert re.search(proof, output[position:]), f"step {title!r} does not say {proof!r}\n{output}"
    assert "✗" not in output
    steps, proofs = re.search(r"(\d+) steps, (\d+) proofs, all held\.", output).groups()
    assert int(steps) == len(STEPS)
    assert int(proofs) == output.count("✓")


def walkthrough(sandbox, *arguments):
    return subprocess.run([BINARY, "walkthrough", *arguments], capture_output=True, text=True, timeout=120)


def test_every_proof_holds_and_holds_again(sandbox):
    for arguments in ([], ["--endpoint", sandbox.endpoint]):  # what the first run leaves does not disturb the second
        result = walkthrough(sandbox, "--data-dir", str(sandbox.data_dir), *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        assert_every_proof(result.stdout)


def test_without_a_sandbox_it_says_so(tmp_path, sandbox):
    result = walkthrough(sandbox, "--data-dir", str(tmp_path))
    assert result.returncode == 3
    assert f"{tmp_path}/sandbox.json: is a sandbox running there?" in result.stderr


def test_banner_says_where_and_with_which_key(sandbox):
    banner = "\n".join(sandbox.banner)
    assert re.search(rf"^  API +{re.escape(sandbox.endpoint)}$", banner, re.M)
    assert re.search(rf"access key id +{sandbox.key['AccessKeyId']}$", banner, re.M)
    assert re.search(rf"secret access key +{re.escape(sandbox.key['SecretAccessKey'])}$", banner, re.M)
    assert re.search(rf"SMTP password +{re.escape(sandbox.smtp_password)}$", banner, re.M)
    note = json.loads((sandbox.data_dir / "sandbox.json").read_text())
    assert note["smtp_password"] == sandbox.smtp_password


def test_run_script_ends_with_the_status_of_the_walkthrough(tmp_path):
    environment = os.environ | sandboxes.environment() | {"ONCE": "1", "SESAME_SANDBOX_DIR": str(tmp_path / "data")}
    script = [str(ROOT / "scripts" / "run-sandbox.sh"), BINARY]
    result = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert_every_proof(result.stdout)


def test_run_script_says_when_the_sandbox_cannot_start(tmp_path, sandbox):
    taken = sandbox.environment | {"ONCE": "1", "SESAME_SANDBOX_DIR": str(tmp_path / "data")}
    script = [str(ROOT / "scripts" / "run-sandbox.sh"), BINARY]
    result = subprocess.run(script, env=os.environ | taken, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2
    assert f"http.listen: {sandbox.environment['SESAME_HTTP_LISTEN']} is already in use" in result.stderr
    assert not (tmp_path / "data").exists()


def test_stops_cleanly_on_sigterm(tmp_path):
    box = sandboxes.Sandbox(tmp_path).start()
    assert box.stop() == 0
