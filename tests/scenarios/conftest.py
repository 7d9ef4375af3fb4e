import pytest

from harness.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """One sandbox for the scenarios of a file; each uses domains of its own."""
    box = Sandbox(tmp_path_factory.mktemp("sandbox")).start()
    yield box
    box.stop()
