"""A network of the test's own, where it may have any address and any port: loopback and nothing else."""
import contextlib
import ctypes
import os
import subprocess

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _checked(status):
    if status != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextlib.contextmanager
def own_network(*addresses):
    """The calling thread, and what it starts meanwhile, is in it. Needs root."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _checked(_libc.unshare(_CLONE_NEWNET))
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=20)
            for address in addresses:
                subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True, timeout=20)
            yield
        finally:
            _checked(_libc.setns(before, _CLONE_NEWNET))
    finally:
        os.close(before)
