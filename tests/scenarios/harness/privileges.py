"""What a scenario may do on this machine."""
import subprocess

import pytest

_asked = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "true"], capture_output=True, timeout=30)

needs_namespaces = pytest.mark.skipif(_asked.returncode != 0, reason="namespaces of its own need root: " +
                                      _asked.stderr.decode(errors="replace").strip())
