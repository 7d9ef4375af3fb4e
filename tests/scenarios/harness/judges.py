"""What an independent receiver would decide: pyspf and dkimpy, asking the test's name servers and nobody else."""
import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dkim
import spf


class Resolver:
    """Asks one authoritative server, follows aliases and one-step referrals; all servers listen on the same port."""

    def __init__(self, address, port):
        self.address, self.port = address, port

    def query(self, name, kind, address=None):
        question = dns.message.make_query(name, kind, use_edns=0, payload=1232)
        answer, _ = dns.query.udp_with_fallback(question, address or self.address, port=self.port, timeout=5)
        return answer

    def lookup(self, name, kind, hops=8):
        """The records' data; [] for none, whether the name exists or not."""
        answer = self.query(name, kind)
        below = [rrset for rrset in answer.authority if rrset.rdtype == dns.rdatatype.NS]
        if not answer.answer and below:  # a referral: its name server's address comes from here again
            server = self.lookup(below[0][0].target.to_text(), "A")[0].address
            answer = self.query(name, kind, server)
        wanted = dns.rdatatype.from_text(kind)
        for rrset in answer.answer:
            if rrset.rdtype == wanted:
                return list(rrset)
        for rrset in answer.answer:
            if rrset.rdtype == dns.rdatatype.CNAME and hops:
                return self.lookup(rrset[0].target.to_text(), kind, hops - 1)
        return []

    def txt(self, name):
        return [b"".join(data.strings).decode() for data in self.lookup(name, "TXT")]

    def mx_hosts(self, name):
        return [data.exchange.to_text(omit_final_dot=True) for data in self.lookup(name, "MX")]

    def address_of(self, host):
        return self.lookup(host, "A")[0].address


def spf_result(resolver, ip, reverse_path, helo):
    """pyspf's word for the envelope: pass, fail, softfail, none..."""
    def lookup(name, kind, tcpfallback=True, timeout=30):
        if kind == "SPF":  # RFC 7208 section 3.1 has done away with the type
            return []
        read = {"A": lambda data: data.address, "AAAA": lambda data: data.address, "TXT": lambda data: list(data.strings),
                "MX": lambda data: (data.preference, data.exchange.to_text(omit_final_dot=True)),
                "PTR": lambda data: data.target.to_text(omit_final_dot=True)}[kind]
        return [((name, kind), read(data)) for data in resolver.lookup(name, kind)]

    original, spf.DNSLookup = spf.DNSLookup, lookup
    try:
        return spf.check2(i=ip, s=reverse_path, h=helo)[0]
    finally:
        spf.DNSLookup = original


def dkim_signature(resolver, message, index=0):
    """The verified signature as dkimpy sees it (`domain`, `selector`, `signed_headers`), the first unless `index` says
    another; None if it does not verify."""
    judge = dkim.DKIM(message)

    def key(name, timeout=5):
        found = resolver.txt(name.decode())
        return found[0].encode() if found else None

    try:
        return judge if judge.verify(index, dnsfunc=key) else None
    except dkim.DKIMException:
        return None
