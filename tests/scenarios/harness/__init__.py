"""Real counterparts for the scenarios: the binary under test, Knot for zones, an independent SMTP receiver.

Everything listens on loopback, on ports the system chose or that were free a moment ago; every process is ended by its pid.
"""
