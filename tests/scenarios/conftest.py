import pytest

from harness.sandbox import Sandbox
from harness.web_receiver import TlsFront, WebReceiver


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """One sandbox for the scenarios of a file; each uses domains of its own."""
    box = Sandbox(tmp_path_factory.mktemp("sandbox")).start()
    yield box
    box.stop()


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """What ends TLS before the sandbox: consumers of notifications fetch certificates over https only."""
    front = TlsFront(tmp_path_factory.mktemp("front")).start()
    yield front
    front.stop()


@pytest.fixture(scope="module")
def fronted_sandbox(tmp_path_factory, front):
    box = Sandbox(tmp_path_factory.mktemp("fronted"))
    box.environment["SESAME_HTTP_PUBLIC_URL"] = front.url
    front.backend = box.endpoint
    box.start()
    yield box
    assert box.stop() == 0


@pytest.fixture
def receiver():
    """Takes what is posted to it."""
    receiver = WebReceiver().start()
    yield receiver
    receiver.stop()
