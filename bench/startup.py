"""Seconds from exec to an answering API, with an empty store."""
import pathlib
import tempfile
import time
import urllib.request

import common
from harness.sesame import Sesame


def once(directory):
    sesame = Sesame(directory)
    import subprocess
    from harness.sesame import BINARY
    begin = time.monotonic()
    process = subprocess.Popen([BINARY, "serve", "--config", str(sesame.config)], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    process.stdout.readline()  # "ready"
    with urllib.request.urlopen(sesame.endpoint + "/readyz", timeout=5) as answer:
        assert answer.status == 200
    seconds = time.monotonic() - begin
    process.terminate()
    process.wait(30)
    return seconds


def main():
    with tempfile.TemporaryDirectory() as scratch:
        times = [once(pathlib.Path(scratch) / str(i)) for i in range(10)]
    print(f"start-up with an empty store: {common.spread(times)}")


if __name__ == "__main__":
    main()
