"""Reactions notify and inform: who is told, in which words, and what cannot be done to them."""
import email
import email.policy

import pytest

import mails

BAD = mails.plain(subject=b"cheap pills")


@pytest.fixture
def telling(profile):
    profile.filters("subject=y;block;notify=rs,inform=guard@localhost").control("badsubjects", "pills")
    return profile


def told(profile):
    """{recipient: the parsed mail}; each must be without a defect in the strictest policy."""
    found = {}
    for message, sender, recipients in profile.queued():
        (recipient,) = recipients
        assert sender == "" and recipient not in found
        found[recipient] = parsed(message)
    return found


def parsed(message):
    assert all(len(line) <= 998 and line.isascii() for line in message.split(b"\n"))
    mail = email.message_from_bytes(message, policy=email.policy.strict)
    assert not mail.defects
    for name, value in mail.items():
        assert not value.defects, (name, value)
    for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version"):
        assert len(mail.get_all(name)) == 1, name
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime and mail.get_content_type() == "text/plain"
    return mail


def test_everybody_is_told(telling):
    assert telling.deliver(BAD).command_codes == [99]
    sent = told(telling)
    assert set(sent) == {"bob@example.net", "alice@example.org", "guard@localhost"}
    to_bob = sent["bob@example.net"]
    assert to_bob["Subject"] == "A mail to you was stopped: cheap pills"
    assert to_bob["From"] == "<postmaster@example.net>" or str(to_bob["From"]) == "postmaster@example.net"
    text = to_bob.get_content()
    assert "its subject contains something" in text and "alice@example.org" in text
    assert telling.last()["id"] in text and "postmaster@example.net" in text
    assert "File:" not in text, "there was none"
    report = sent["guard@localhost"].get_content()
    assert "Found:    pills" in report and "Condition: subject: pills" in report
    assert "pills" not in sent["alice@example.org"].get_content().replace("cheap pills", "")
