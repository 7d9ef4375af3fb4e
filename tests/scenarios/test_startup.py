"""Starting and stopping as an operator does it: quickly, in time, with a clear refusal; and the commands beside it."""
import contextlib
import json
import os
import pathlib
import re
import resource
import select
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import dns.rdatatype
import dns.zone
import pytest

from harness import ports, wait
from harness import sesame as harness_sesame
from harness.raw_smtp import RawSmtp
from harness.post_office import unverified_tls
from harness.scripted_peer import self_signed
from harness.sesame import Sesame
from harness.signed import SignedApi

BINARY = harness_sesame.BINARY
START_SECONDS = 1.0


@pytest.fixture
def sesame(tmp_path):
    service = Sesame(tmp_path / "service")
    yield service
    service.stop()


# ---- starting ----

def test_an_empty_store_is_ready_within_a_second(tmp_path, capsys):
    # The first start makes two RSA keys, which takes as long as chance wants; other tests share the machine.
    seconds = min(seconds_to_ready(Sesame(tmp_path / str(attempt))) for attempt in range(3))
    with capsys.disabled():
        print(f"\nstart-up with an empty store: {seconds * 1000:.0f} ms, the best of three")
    assert seconds < START_SECONDS


def seconds_to_ready(sesame):
    began = time.monotonic()
    process = subprocess.Popen([BINARY, "serve", "--config", str(sesame.config)], stdout=subprocess.PIPE, text=True)
    try:
        readable, _, _ = select.select([process.stdout], [], [], 20)
        assert readable, "not ready within 20 s"
        line = process.stdout.readline()
        seconds = time.monotonic() - began
        assert line == "ready\n"
        assert sesame_answers(sesame, "/readyz")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stdout.close()
    return seconds


def sesame_answers(service, path):
    with contextlib.closing(socket.create_connection(("127.0.0.1", service.http_port), timeout=10)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_second_start_finds_what_the_first_left(sesame):
    key = sesame.credentials()["AccessKeyId"]
    for _ in range(2):
        sesame.start()
        assert key in sesame.run("credentials", "list").stdout
        assert sesame.stop() == 0


def test_the_data_directory_is_the_owners_alone(sesame):
    sesame.start()
    data = pathlib.Path(sesame.settings["service.data_dir"])
    assert data.stat().st_mode & 0o077 == 0
    assert (data / "secret.key").stat().st_mode & 0o077 == 0


# ---- refusing to start ----

def refusal(service, *named, environment=None):
    """Starts the service, which must refuse: exit status 2, one line on stderr with each of `named`, nothing created."""
    data = pathlib.Path(service.settings["service.data_dir"])
    before = set(data.iterdir()) if data.exists() else None
    result = subprocess.run([BINARY, "serve", "--config", str(service.config)], capture_output=True, text=True, timeout=30,
                            env={**os.environ, **(environment or {})})
    assert result.returncode == 2, result.stdout + result.stderr
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    for name in named:
        assert name in result.stderr
    assert (set(data.iterdir()) if data.exists() else None) == before
    return result.stderr


def configured(service, **settings):
    service.settings.update({key.replace("__", "."): value for key, value in settings.items()})
    service.write_config()
    return service


@pytest.mark.parametrize("key, value", [
    ("service.domian", "svc.example"),      # unknown keys
    ("smtp.listen", ["127.0.0.1:0"]),
    ("service.domain", ""),                 # bad values
    ("service.domain", "-svc..example"),
    ("service.region", "us east"),
    ("service.hostname", "a b"),
    ("service.admin_email", "nobody"),
    ("http.listen", "127.0.0.1:1"),
    ("http.listen", ["localhost"]),
    ("feedback.listen", ["127.0.0.1:99999"]),
    ("submission.require_tls", "maybe"),
    ("delivery.port", 0),
    ("delivery.max_delivery_seconds", 299),
    ("delivery.source_addresses", ["not an address"]),
    ("dns.stub_root", "nowhere"),
    ("dns.trust_anchor", "/nonexistent/root.key"),
    ("store.url", "mysql://localhost"),
    ("store.retention_days", 44),
    ("log.level", "loud"),
    ("log.format", "xml")])
def test_a_bad_key_or_value_is_named(sesame, key, value):
    sesame.settings[key] = value
    sesame.write_config()
    refusal(sesame, key)


def test_a_bad_value_in_the_environment_is_named(sesame):
    refusal(sesame, "SESAME_DELIVERY_PORT", environment={"SESAME_DELIVERY_PORT": "many"})


def test_a_file_that_is_not_toml_is_named_with_its_line(sesame):
    sesame.config.write_text("[service]\ndomain = \n")
    refusal(sesame, str(sesame.config) + ":2")


def test_a_missing_file_is_named(sesame):
    sesame.config = sesame.directory / "absent.toml"
    refusal(sesame, str(sesame.config))


def test_a_missing_domain_is_named(sesame):
    del sesame.settings["service.domain"]
    sesame.write_config()
    refusal(sesame, "service.domain")


@pytest.mark.parametrize("key", ["http.listen", "submission.listen", "submission.listen_tls", "feedback.listen",
                                 "dns.listen"])
def test_an_address_in_use_is_named(sesame, key):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        address = "127.0.0.1:%d" % holder.getsockname()[1]
        sesame.settings[key] = [address]
        sesame.write_config()
        refusal(sesame, key, address)


def test_a_datagram_port_in_use_is_named(sesame):
    port = ports.free_port(udp=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", port))
        refusal(configured(sesame, dns__listen=[f"127.0.0.1:{port}"]), "dns.listen", f"127.0.0.1:{port}")


def test_an_address_of_another_machine_is_named(sesame):
    refusal(configured(sesame, http__listen=["192.0.2.1:8025"]), "http.listen", "192.0.2.1:8025")


@pytest.mark.parametrize("section", ["http", "submission", "feedback"])
@pytest.mark.parametrize("trouble", ["absent key", "directory as key", "empty key", "key of another", "nonsense",
                                     "certificate alone", "key alone"])
def test_a_certificate_or_key_that_cannot_be_used_is_named(sesame, tmp_path, section, trouble):
    certificate, key = self_signed(tmp_path)
    named = str(key)
    if trouble == "absent key":
        key.unlink()
    elif trouble == "directory as key":
        key.unlink()
        key.mkdir()
    elif trouble == "empty key":
        key.write_text("")
    elif trouble == "key of another":
        key.write_text(self_signed(tmp_path, "other.example")[1].read_text())
    elif trouble == "nonsense":
        certificate.write_text("not a certificate\n")
        named = str(certificate)
    sesame.settings[f"{section}.tls_certificate"] = str(certificate)
    sesame.settings[f"{section}.tls_key"] = str(key)
    if trouble == "certificate alone":
        del sesame.settings[f"{section}.tls_key"]
        named = f"{section}.tls_key"
    elif trouble == "key alone":
        del sesame.settings[f"{section}.tls_certificate"]
        named = f"{section}.tls_certificate"
    sesame.write_config()
    refusal(sesame, section, named)


def test_a_data_directory_that_cannot_be_made_is_named(sesame, tmp_path):
    (tmp_path / "file").write_text("")
    directory = str(tmp_path / "file" / "data")
    refusal(configured(sesame, service__data_dir=directory), "service.data_dir", directory)
    assert (tmp_path / "file").read_text() == ""


@pytest.mark.parametrize("trouble", ["no parent", "a file", "in use"])
def test_a_store_elsewhere_that_cannot_be_used_is_named_and_no_key_is_made(sesame, tmp_path, trouble):
    store = tmp_path / "store"
    if trouble == "no parent":
        store = tmp_path / "absent" / "store"
    elif trouble == "a file":
        store.write_text("")
    else:
        configured(sesame, store__url=f"sqlite:{store}").start()
    other = Sesame(tmp_path / "other", {"store.url": f"sqlite:{store}"})
    refusal(other, str(store))
    assert not pathlib.Path(other.settings["service.data_dir"]).exists()


@pytest.mark.parametrize("key", ["http", "submission", "dns"])
def test_a_sandbox_without_an_address_it_needs_names_the_key(tmp_path, key):
    result = subprocess.run([BINARY, "serve", "--sandbox", "--data-dir", str(tmp_path / "sandbox")], capture_output=True,
                            text=True, timeout=30, env={**os.environ, f"SESAME_{key.upper()}_LISTEN": ""})
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"sesame: {key}.listen: "), result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "sandbox").exists()


def test_a_store_in_use_is_named_and_left_alone(sesame, tmp_path):
    sesame.start()
    data = sesame.settings["service.data_dir"]
    refusal(Sesame(tmp_path / "second", {"service.data_dir": data}), data)
    assert sesame_answers(sesame, "/healthz")


def test_a_damaged_store_is_named_and_left_as_it_is(sesame):
    sesame.start()
    assert sesame.stop() == 0
    store = pathlib.Path(sesame.settings["service.data_dir"]) / "queue.db"
    store.write_bytes(b"this is no database" * 1000)
    refusal(sesame, "queue.db")
    assert store.read_bytes() == b"this is no database" * 1000


def test_a_damaged_key_is_named(sesame):
    sesame.start()
    assert sesame.stop() == 0
    (pathlib.Path(sesame.settings["service.data_dir"]) / "secret.key").write_bytes(b"short")
    refusal(sesame, "secret.key")


def test_a_command_that_does_not_exist_is_usage():
    for arguments in ([], ["srve"], ["serve"], ["serve", "--config"], ["serve", "--sandbox", "--config", "x"],
                      ["credentials"], ["zone"], ["events"]):
        result = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=30)
        assert result.returncode == 2, arguments
        assert result.stderr


# ---- stopping ----

def ends_with_0_within(service, seconds, how=signal.SIGTERM):
    process, began = service.process, time.monotonic()
    process.send_signal(how)
    assert process.wait(seconds) == 0
    service.process = None
    return time.monotonic() - began


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_with_nobody_connected_is_immediate(sesame, how):
    assert ends_with_0_within(sesame.start(), 5, how) < 5


def test_idle_connections_do_not_hold_up_a_stop(sesame):
    sesame.start()
    with contextlib.ExitStack() as open_connections:
        kept = [open_connections.enter_context(http_kept_alive(sesame)) for _ in range(20)]
        doors = [open_connections.enter_context(RawSmtp(port))
                 for port in (sesame.smtp_port, sesame.feedback_port) for _ in range(10)]
        doors[0].start_tls()
        silent = open_connections.enter_context(socket.create_connection(("127.0.0.1", sesame.http_port), timeout=20))
        assert ends_with_0_within(sesame, 8) < 8
        for door in doors:
            assert door.reply()[0] == 421
            assert door.is_closed()
        for connection in [*kept, silent]:
            assert connection.recv(1) == b""


@contextlib.contextmanager
def http_kept_alive(service):
    with socket.create_connection(("127.0.0.1", service.http_port), timeout=20) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        octets = b""
        while b"\r\n\r\n" not in octets:
            octets += connection.recv(65536)
        length = int(re.search(rb"(?i)content-length: (\d+)", octets).group(1))
        while len(octets.partition(b"\r\n\r\n")[2]) < length:
            octets += connection.recv(65536)
        yield connection


def test_peers_in_the_middle_of_something_hold_it_up_for_so_long_only(sesame):
    sesame.start()
    with RawSmtp(sesame.feedback_port) as door, \
            socket.create_connection(("127.0.0.1", sesame.http_port), timeout=20) as half:
        door.command("EHLO a.example", 250)
        door.command("MAIL FROM:<>", 250)
        half.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        assert ends_with_0_within(sesame, 25) < 25
        assert door.reply()[0] == 421


def test_who_waits_for_events_does_not_hold_up_a_stop(sesame):
    api = SignedApi(sesame.endpoint, sesame.start().credentials())
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(api.call, "GET", "/v2/sesame/events?after=0&wait=25")
        wait.until(lambda: http_sessions(sesame) >= 1, 10, "the long poll to be open")
        api.call("GET", "/v2/sesame/events?after=0")  # it has been read by then
        assert ends_with_0_within(sesame, 3) < 3
        assert waiting.result(10) == {"events": [], "last": 0}


def http_sessions(service):
    """Established connections to the service's HTTP port, which is nobody else's."""
    port = f":{service.http_port:04X}"
    lines = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(1 for line in lines if (fields := line.split())[1].endswith(port) and fields[3] == "01")


def test_a_question_to_a_silent_resolver_does_not_hold_up_a_stop(sesame, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.settimeout(20)
        configured(sesame, dns__resolvers=["127.0.0.1:%d" % silent.getsockname()[1]]).start()
        api = SignedApi(sesame.endpoint, sesame.credentials())
        api.call("POST", "/v2/email/identities", {"EmailIdentity": "ann@silent.example"})  # mails a link to her
        silent.recv(1000)  # where her mail goes
        assert ends_with_0_within(sesame, 15) < 15


def test_a_door_is_closed_while_the_stop_waits_for_others(sesame):
    sesame.start()
    with socket.create_connection(("127.0.0.1", sesame.http_port), timeout=20) as half:
        half.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
        assert half.recv(1000).startswith(b"HTTP/1.1 100 ")  # it is waited for from now on
        sesame.process.send_signal(signal.SIGTERM)
        wait.until(lambda: all(is_refused(port) for port in (sesame.http_port, sesame.smtp_port, sesame.feedback_port)),
                   3, "closed doors")
        assert sesame.process.poll() is None
    assert sesame.process.wait(20) == 0


def is_refused(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:  # the door closed while this one stood before it
        return False
    return False


def test_new_connections_are_refused_after_a_stop(sesame):
    sesame.start()
    assert sesame.stop() == 0
    for port in (sesame.http_port, sesame.smtp_port, sesame.feedback_port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_port_is_free_again_at_once(sesame):
    sesame.start()
    with RawSmtp(sesame.smtp_port) as door:
        door.command("NOOP", 250)
        assert sesame.stop() == 0
        sesame.start()


# ---- limits and numbers ----

def start_with_files(service, soft, hard):
    service.log = open(service.directory / "sesame.log", "ab")
    service.process = subprocess.Popen([BINARY, "serve", "--config", str(service.config)], stdout=service.log,
                                       stderr=service.log,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))
    wait.until(lambda: sesame_is_ready(service), 20, "sesame ready")


def sesame_is_ready(service):
    try:
        return sesame_answers(service, "/readyz")
    except OSError:
        return False


def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be(sesame):
    start_with_files(sesame, 256, 900)
    limits = pathlib.Path(f"/proc/{sesame.process.pid}/limits").read_text()
    assert re.search(r"Max open files +900 +900 ", limits), limits
    assert "RLIMIT_NOFILE" in sesame.log_text()


def test_sessions_at_every_submission_door_are_counted(sesame):
    port = ports.free_port()
    configured(sesame, submission__listen_tls=[f"127.0.0.1:{port}"]).start()
    with RawSmtp(sesame.smtp_port), socket.create_connection(("127.0.0.1", port), timeout=20) as plain, \
            unverified_tls().wrap_socket(plain) as door:
        assert door.recv(1000).startswith(b"220 ")
        assert sesame.metrics()["sesame_submission_sessions_total"] == 2


# ---- the commands beside it ----

@pytest.mark.parametrize("running", [True, False], ids=["while it runs", "while it does not run"])
def test_credentials_are_made_listed_and_deleted(sesame, running):
    if running:
        sesame.start()
    key = json.loads(sesame.run("credentials", "create", "--json", "--description", "for the shop").stdout)
    assert set(key) == {"AccessKeyId", "SecretAccessKey", "SmtpUsername", "SmtpPassword"}
    assert key["SmtpUsername"] == key["AccessKeyId"]
    listed = json.loads(sesame.run("credentials", "list", "--json").stdout)
    assert [(entry["AccessKeyId"], entry["Description"]) for entry in listed] == [(key["AccessKeyId"], "for the shop")]
    text = sesame.run("credentials", "list").stdout
    assert key["AccessKeyId"] in text and key["SecretAccessKey"] not in text
    if running:
        assert signs_in(sesame, key)
    sesame.run("credentials", "delete", key["AccessKeyId"])
    assert json.loads(sesame.run("credentials", "list", "--json").stdout) == []
    if running:  # which hears of what another process does within a second (store/sqlite/recent_reads.h)
        wait.until(lambda: not signs_in(sesame, key), 5, "the key is refused")
    again = sesame.run("credentials", "delete", key["AccessKeyId"], check=False)
    assert again.returncode == 1
    assert key["AccessKeyId"] in again.stderr


def signs_in(service, key):
    with RawSmtp(service.smtp_port) as door:
        try:
            door.start_tls().log_in(key)
        except AssertionError as refused:
            assert "535" in str(refused)
            return False
    return True


def test_credentials_without_a_usable_configuration_say_so(sesame):
    result = configured(sesame, service__domain="-").run("credentials", "create", check=False)
    assert result.returncode == 2
    assert "service.domain" in result.stderr


def test_the_secret_is_not_kept_in_the_clear(sesame):
    key = sesame.credentials()
    for file in pathlib.Path(sesame.settings["service.data_dir"]).iterdir():
        octets = file.read_bytes()
        assert key["SecretAccessKey"].encode() not in octets, file
        assert key["SmtpPassword"].encode() not in octets, file


@pytest.mark.parametrize("running", [True, False], ids=["while it runs", "while it does not run"])
def test_zone_print_writes_a_zone_file(sesame, running):
    if running:
        sesame.start()
    zone = dns.zone.from_text(sesame.run("zone", "print").stdout, "svc.example", relativize=False)
    texts = {f"{name} {dns.rdatatype.to_text(data.rdtype)} {data}" for name, _, data in zone.iterate_rdatas()}
    assert any(text.startswith("svc.example. TXT \"v=spf1 ") for text in texts), texts
    assert any(text.startswith("feedback-smtp.us-east-1.svc.example. A") for text in texts), texts
    assert any(" SOA " in text for text in texts)

