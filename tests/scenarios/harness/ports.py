"""Free ports on loopback addresses."""
import random
import socket

# Below the range the system takes ports for outgoing connections from, so that none of those can get in between.
_FIRST, _LAST = 10000, 32000


def _is_free(address, port, udp):
    kinds = [socket.SOCK_STREAM] + ([socket.SOCK_DGRAM] if udp else [])
    for kind in kinds:
        with socket.socket(socket.AF_INET, kind) as candidate:
            try:
                candidate.bind((address, port))
            except OSError:
                return False
    return True


def free_port(*addresses, udp=False):
    """A TCP port (and with `udp` also that UDP port) nobody holds right now on any of the addresses."""
    addresses = addresses or ("127.0.0.1",)
    for _ in range(200):
        port = random.randint(_FIRST, _LAST)
        if all(_is_free(address, port, udp) for address in addresses):
            return port
    raise RuntimeError("no free port on " + ", ".join(addresses))
