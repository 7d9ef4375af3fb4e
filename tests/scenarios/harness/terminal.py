"""What a program shows on a terminal."""
import os
import pty
import subprocess


def shown(command, seconds=60):
    """Runs `command` with a colour terminal as its standard output; it must succeed. Returns the octets it showed."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    subprocess.run(command, stdout=theirs, env=environment, check=True, timeout=seconds)
    os.close(theirs)
    octets = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:  # Linux ends a terminal that way
            break
        if not more:
            break
        octets += more
    os.close(ours)
    return octets
