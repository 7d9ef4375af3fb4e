"""SPF records and the zones around them, legal and broken, from a seeded generator."""
DOMAINS = [f"{label}.example.com" for label in "abcdefgh"]
HOSTS = [f"h{n}.example.net" for n in range(6)]
ADDRESSES = ["192.0.2.1", "192.0.2.77", "198.51.100.9", "203.0.113.200"]
SIX = ["2001:db8::1", "2001:db8:1::25"]
SPECS = [":{d}", ":{h}", ":%{{d}}", ":%{{o}}", ":%{{d2}}", ":%{{ir}}.%{{v}}.x.example.net", ":%{{l}}.example.net",
         ":%{{h}}", ":%{{s}}", ":missing.example.net"]
BROKEN = ["a:", "ip4:192.0.2", "ip4:192.0.2.1/33", "ip6:2001:db8::/129", "foo", "include", "exists:", "all:x", "-",
          "mx:%{{q}}.example", "a/0128", "ip4:192.0.2.1/", "ip6:192.0.2.1", "redirect=", "a:%{{d", "include:%{{c}}.x.org"]


def term(random):
    kind = random.random()
    qualifier = random.choice(["", "", "", "+", "-", "~", "?"])
    domain = {"d": random.choice(DOMAINS), "h": random.choice(HOSTS)}
    if kind < 0.18:
        return qualifier + "ip4:" + random.choice(ADDRESSES) + random.choice(["", "", "/24", "/32", "/31", "/0"])
    if kind < 0.25:
        return qualifier + "ip6:" + random.choice(SIX) + random.choice(["", "/32", "/128", "/48"])
    if kind < 0.42:
        return (qualifier + random.choice(["a", "A"]) + random.choice(["", "", *SPECS]).format(**domain)
                + random.choice(["", "", "/24", "//64", "/24//64", "/30"]))
    if kind < 0.53:
        return qualifier + "mx" + random.choice(["", "", *SPECS]).format(**domain) + random.choice(["", "/24", "//48"])
    if kind < 0.68:
        return qualifier + random.choice(["include", "Include"]) + ":" + random.choice(DOMAINS)
    if kind < 0.74:
        return qualifier + "exists" + random.choice(SPECS).format(**domain)
    if kind < 0.79:
        return qualifier + "ptr" + random.choice(["", ":example.net", ":example.com"])
    if kind < 0.86:
        return random.choice(["unknown=x", "a.b-c_d=%{{i}}", "op=%{{d}}", "exp=e.example.net"]).format()
    if kind < 0.92:
        return "redirect=" + random.choice(DOMAINS)
    if kind < 0.96:
        return random.choice(BROKEN).format()
    return qualifier + "all"


def record(random):
    terms = [term(random) for _ in range(random.randrange(0, 7))]
    if random.random() < 0.7:
        terms.append(random.choice(["-all", "~all", "?all", "+all", "all"]))
    return random.choice(["v=spf1", "v=spf1", "v=spf1", "V=SPF1"]) + "".join(" " + one for one in terms)


def zone(random):
    """name -> type -> list of data."""
    names = {}

    def add(name, kind, *data):
        names.setdefault(name, {})[kind] = list(data)

    for domain in DOMAINS:
        kind = random.random()
        if kind < 0.03:
            add(domain, "TXT", record(random), record(random))
        elif kind < 0.06:
            add(domain, "TXT", "TIMEOUT")
        elif kind < 0.10:
            add(domain, "TXT", "not spf", "v=spf10 -all")
        elif kind < 0.95:
            add(domain, "TXT", *random.choice([["other text"], []]), record(random))
        if random.random() < 0.5:
            add(domain, "A", *random.sample(ADDRESSES, random.randrange(1, 3)))
        if random.random() < 0.5:
            add(domain, "MX", *(f"{n * 10} {host}" for n, host in enumerate(random.sample(HOSTS, random.randrange(1, 4)))))
    for host in HOSTS:
        if random.random() < 0.6:
            add(host, "A", *random.sample(ADDRESSES, random.randrange(1, 3)))
        if random.random() < 0.4:
            add(host, "AAAA", *random.sample(SIX, random.randrange(1, 3)))
        if random.random() < 0.05:
            add(host, "A", "TIMEOUT")
    for address in ADDRESSES:
        if random.random() < 0.6:
            reverse = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
            add(reverse, "PTR", *random.sample(HOSTS, random.randrange(1, 4)))
        if random.random() < 0.3:
            add(f"{'.'.join(reversed(address.split('.')))}.in-addr.x.example.net", "A", "127.0.0.2")
    add("e.example.net", "TXT", "no: %{i} is not %{o}")
    return names
