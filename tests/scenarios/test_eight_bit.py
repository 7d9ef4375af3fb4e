"""Eight-bit mail, and peers that do not offer 8BITMIME."""
import email
import email.policy

from harness.post_office import AUTHOR
from harness.scripted_peer import EHLO, ScriptedPeer

SEVEN_BIT_PEER = {"EHLO": "250-peer.example\n250 PIPELINING"}
TEXT = "Schöne Grüße, und dass dieser Text lang genug ist, um lesbar zu bleiben.\r\n"
HEAD = f"From: {AUTHOR}\r\nTo: bob@old.example\r\nSubject: Gruesse\r\nMIME-Version: 1.0\r\n"
BODY = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + TEXT
OWN_SIGNATURE = "DKIM-Signature: v=1; a=rsa-sha256; d=author.example; s=own; h=from; bh=eA==; b=eA==\r\n"


def test_it_is_sent_in_seven_bits(office):
    peer = office.address()
    office.domain("old.example", peer)
    with ScriptedPeer(peer, office.mx_port, SEVEN_BIT_PEER) as receiver:
        office.wait_for_state(office.send_raw((HEAD + BODY).encode(), ["bob@old.example"]), "delivered")
        content = receiver.messages[0].content
        assert content.isascii()
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        assert parsed["Content-Transfer-Encoding"] == "quoted-printable"
        assert parsed.get_content() == TEXT
        assert parsed["DKIM-Signature"]


def test_what_its_author_has_signed_goes_as_it_is_or_not_at_all(office):
    old, new = office.address(), office.address()
    office.domain("old.example", old)
    office.domain("new.example", new)
    message = (OWN_SIGNATURE + HEAD + BODY).encode()
    with ScriptedPeer(old, office.mx_port, SEVEN_BIT_PEER) as receiver:
        attempt = office.wait_for_state(office.send_raw(message, ["bob@old.example"]), "bounced")["attempts"][0]
        assert attempt["status"] == "5.6.3"
        assert "8BITMIME" in attempt["text"]
        assert not any(command.startswith("MAIL") for command in receiver.commands())
    with ScriptedPeer(new, office.mx_port, {"EHLO": EHLO}) as receiver:
        office.wait_for_state(office.send_raw(message, ["bob@new.example"]), "delivered")
        assert TEXT.encode() in receiver.messages[0].content
        assert any("BODY=8BITMIME" in command for command in receiver.commands())
