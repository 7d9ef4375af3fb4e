"""Free ports on loopback addresses."""
import socket


def free_port(address="127.0.0.1", udp=False):
    """A TCP port (and with `udp` also that UDP port) nobody holds right now."""
    for _ in range(50):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            tcp.bind((address, 0))
            port = tcp.getsockname()[1]
            if not udp:
                return port
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
                try:
                    datagram.bind((address, port))
                except OSError:
                    continue
                return port
    raise RuntimeError("no free port on " + address)
