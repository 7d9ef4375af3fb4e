"""A zone of a real name server that takes dynamic updates, seen by somebody who is not us (dnspython)."""
import dns.name
import dns.query
import dns.rdatatype
import dns.tsigkeyring
import dns.update
import dns.zone


class TsigZone:
    def __init__(self, server, port, zone, key_name=None, secret=None, algorithm="hmac-sha256"):
        """Without a key: unsigned, for a server that takes it from anybody here."""
        self.server, self.port, self.zone = server, port, zone
        self.algorithm = algorithm
        self.keyring = dns.tsigkeyring.from_text({key_name: secret}) if key_name else None

    def records(self):
        """All records but the SOA, as sorted lines with TTL and names relative to the zone."""
        transfer = dns.query.xfr(self.server, self.zone, port=self.port, relativize=True, timeout=10,
                                 keyring=self.keyring, keyalgorithm=self.algorithm)
        zone = dns.zone.from_xfr(transfer)
        return sorted(f"{name} {ttl} {dns.rdatatype.to_text(data.rdtype)} {data.to_text(zone.origin, False)}"
                      for name, ttl, data in zone.iterate_rdatas() if data.rdtype != dns.rdatatype.SOA)

    def update(self, *steps):
        """Each step is ("add" | "delete" | "replace", name, ...) as dnspython's UpdateMessage takes them."""
        message = dns.update.UpdateMessage(self.zone, keyring=self.keyring, keyalgorithm=self.algorithm)
        for verb, *arguments in steps:
            getattr(message, verb)(*arguments)
        response = dns.query.tcp(message, self.server, port=self.port, timeout=10)
        assert response.rcode() == 0, response
