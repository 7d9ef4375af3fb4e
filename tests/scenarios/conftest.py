import pytest

from harness.post_office import PostOffice
from harness.sandbox import Sandbox
from harness.web_receiver import TlsFront, WebReceiver


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """One sandbox for the scenarios of a file; each uses domains of its own."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as box:
        yield box


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """What ends TLS before the sandbox: consumers of notifications fetch certificates over https only."""
    front = TlsFront(tmp_path_factory.mktemp("front")).start()
    yield front
    front.stop()


@pytest.fixture(scope="module")
def fronted_sandbox(tmp_path_factory, front):
    box = Sandbox(tmp_path_factory.mktemp("fronted"), {"SESAME_HTTP_PUBLIC_URL": front.url})
    front.backend = box.endpoint
    with box:
        yield box


@pytest.fixture(scope="module")
def box(fronted_sandbox, request):
    """The fronted sandbox, where the file's own DOMAIN may send."""
    fronted_sandbox.verified_domain(request.module.DOMAIN)
    return fronted_sandbox


@pytest.fixture(scope="module")
def v1(box):
    return box.client("ses")


@pytest.fixture(scope="module")
def v2(box):
    return box.client("sesv2")


@pytest.fixture(scope="module")
def sns(box):
    return box.client("sns")


@pytest.fixture
def office(tmp_path):
    """One for each test; files whose tests share one have a fixture of that name."""
    with PostOffice(tmp_path) as office:
        yield office


@pytest.fixture
def receiver():
    """Takes what is posted to it."""
    receiver = WebReceiver().start()
    yield receiver
    receiver.stop()
