"""Messages that are legal and nasty, from a seeded generator."""
WORDS = [b"the", b"Quick", b"brown", b"fox;", b"a=b", b"x:y", b"\"quoted pair\\\"\"", b"(comment)", b"<a@b.example>",
         b"=?utf-8?q?=C3=BC?=", b"k\xc3\xb6ln", b"v=1;", b"h=From:To", b"100%", b".", b"--", b"\xe2\x80\xa8"]
BLANKS = [b" ", b" ", b" ", b"  ", b"\t", b" \t ", b"   ", b"\r\n ", b"\r\n\t", b"\r\n   "]
NAMES = [b"To", b"Cc", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type",
         b"Content-Transfer-Encoding", b"In-Reply-To", b"References", b"List-Unsubscribe", b"Sender", b"Received",
         b"X-Mailer", b"X-Empty", b"Comments", b"X-1", b"x_under.score", b"Resent-From"]


def value(random):
    """What stands after a colon, folded anywhere a blank may stand."""
    kind = random.random()
    if kind < 0.05:
        return b""
    if kind < 0.08:
        return random.choice([b" ", b"\t", b"  \t"])
    count = 600 if kind > 0.97 else random.randrange(1, 12)
    out = random.choice([b" ", b" ", b"", b"\t", b"  ", b"\r\n "])
    for at in range(count):
        out += (random.choice(BLANKS) if at else b"") + random.choice(WORDS)
    return out + random.choice([b"", b"", b"", b" ", b"\t "])


def cased(random, name):
    return random.choice([name, name, name, name.lower(), name.upper()])


def fields(random, blanks_before_colon=False):
    """Whole header fields without their final CRLF: exactly one From, others any number of times."""
    chosen = [random.choice(NAMES) for _ in range(random.randrange(1, 14))]
    chosen.insert(random.randrange(len(chosen) + 1), b"From")
    out = []
    for name in chosen:
        colon = b" :" if blanks_before_colon and random.random() < 0.05 else b":"
        content = b" Ann <ann@example.com>" if name == b"From" else value(random)
        out.append(cased(random, name) + colon + content)
    return out


def body(random):
    kind = random.random()
    if kind < 0.08:
        return b""
    if kind < 0.12:
        return b"\r\n" * random.randrange(1, 5)
    if kind < 0.15:
        return random.choice([b" ", b" \r\n", b"\t\r\n \r\n", b"\r\n \t", b"."])
    lines = []
    for _ in range(random.randrange(1, 30)):
        line = random.random()
        if line < 0.15:
            lines.append(random.choice([b"", b"", b" ", b"\t", b"  \t"]))
        elif line < 0.17:
            lines.append(random.choice([b"x", b" y", b"\xc3\xa9 "]) * random.randrange(500, 5000))
        else:
            words = [random.choice(WORDS) for _ in range(random.randrange(1, 14))]
            lines.append(random.choice([b"", b"", b"", b" ", b"\t", b".."]) +
                         b"".join(word + random.choice([b" ", b" ", b"  ", b"\t"]) for word in words).rstrip(b" ") +
                         random.choice([b"", b"", b"", b" ", b"\t", b" \t"]))
    return b"\r\n".join(lines) + random.choice([b"\r\n", b"\r\n", b"", b"\r\n\r\n\r\n", b"\r\n \r\n"])


def altered(random, message, start):
    """The message with one octet changed after `start`: letters to other letters, blanks to more or fewer of them, so
    that fields remain fields."""
    header_end = message.index(b"\r\n\r\n")
    for _ in range(1000):
        at = random.randrange(start, len(message))
        octet, before = message[at:at + 1], message[at - 1:at]
        in_header = at < header_end
        if octet.isalpha() and octet.isascii():
            other = b"q" if octet != b"q" else b"z"
            return message[:at] + other + message[at + 1:]
        if octet in b" \t" and octet and not (in_header and before == b"\n"):
            return message[:at] + random.choice([octet + octet, b"\t" if octet == b" " else b" ", b""]) + message[at + 1:]
        if octet == b"\r" and not in_header and at > header_end + 4:
            return message[:at] + random.choice([b" ", b"\r\n"]) + message[at:]
    return message
