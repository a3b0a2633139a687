"""Mails for the tests, made on the spot. EICAR is put together at run time and stands nowhere."""
import base64
import binascii
import quopri

EICAR = (b"X5O!P%@AP[4\\PZX54(P^)7" + b"CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-" + b"FILE!$H+H*")

TOP = (b"From: Alice <alice@example.org>\n"
       b"To: Bob <bob@example.net>\n"
       b"Subject: %s\n"
       b"Date: Sun, 22 Nov 2026 10:00:00 +0000\n"
       b"Message-ID: <%s@example.org>\n"
       b"MIME-Version: 1.0\n")


def top(subject=b"Hello", ident=b"1"):
    return TOP % (subject, ident)


def plain(text=b"Dear Bob,\n\nnothing special today.\n", subject=b"Hello"):
    return top(subject) + b"Content-Type: text/plain; charset=us-ascii\n\n" + text


def lines64(data):
    text = base64.b64encode(data)
    return b"".join(text[i:i + 76] + b"\n" for i in range(0, len(text), 76))


def part(data, name=b"report.bin", ctype=b"application/octet-stream", encoding=b"base64"):
    head = (b"Content-Type: " + ctype + b'; name="' + name + b'"\n'
            b'Content-Disposition: attachment; filename="' + name + b'"\n')
    if encoding == b"base64":
        return head + b"Content-Transfer-Encoding: base64\n\n" + lines64(data)
    if encoding == b"quoted-printable":
        return (head + b"Content-Transfer-Encoding: quoted-printable\n\n" +
                b"".join(b"=%02X" % c for c in data) + b"=\n")
    return head + b"\n" + data


def multipart(*parts, subject=b"Hello", sub=b"mixed", boundary=b"=_next", text=b"See attachment.\n"):
    body = b"".join(b"--" + boundary + b"\n" + p + b"\n" for p in
                    (b"Content-Type: text/plain\n\n" + text,) + parts)
    return (top(subject) + b"Content-Type: multipart/" + sub + b'; boundary="' + boundary +
            b'"\n\n' + body + b"--" + boundary + b"--\n")


def uuencoded(data, name=b"report.bin"):
    rows = b"".join(binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45))
    return plain(b"Look:\n\nbegin 644 " + name + b"\n" + rows + b"`\nend\n")


def attached(mail, subject=b"Fwd"):
    """`mail` as message/rfc822 inside another."""
    return multipart(b"Content-Type: message/rfc822\n\n" + mail, subject=subject)


def eicar_mails():
    """The ways of the issue's list, by name."""
    return {
        "base64": multipart(part(EICAR)),
        "quoted-printable": multipart(part(EICAR, encoding=b"quoted-printable")),
        "uuencode": uuencoded(EICAR),
        "attached": attached(multipart(part(EICAR))),
    }


def html(text):
    return (top() + b"Content-Type: text/html; charset=utf-8\n"
            b"Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(text))
