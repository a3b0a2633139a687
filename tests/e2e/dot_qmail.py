"""A dot-qmail runner: does to a message what qmail-local does (dot-qmail(5), qmail-command(8)).

Measured on notqmail 1.09: the environment, fd 0 (the queue's own file, regular, read-only,
non-blocking, rewound before every line), one pipe for fd 1 and 2, /bin/sh -c, exit codes, and which
lines still run after which code. qmail itself is in no distribution, so the tests use this.
"""
import fcntl
import os
import subprocess
import time

PERMANENT = {100, 64, 65, 70, 76, 77, 78, 112}


class Result:
    """How a delivery ended: code is qmail-local's (0, 100, 111), command_codes each command's."""

    def __init__(self):
        self.code = 0
        self.command_codes = []
        self.report = b""
        self.files = []        # mailboxes and maildirs delivered to
        self.forwards = []     # addresses that would be queued
        self.did = [0, 0, 0]
        self.seconds = 0.0

    @property
    def text(self):
        return self.report.decode("utf-8", "replace")


def environment(recipient, sender, user="alias", home="/", prepend=None, extra=None, base=None):
    """The variables of qmail-command(8) for `recipient`; `prepend` is what virtualdomains puts on."""
    local, _, host = recipient.rpartition("@")
    if prepend:
        local = prepend + "-" + local
    if user != "alias" and local.lower().startswith(user.lower() + "-"):
        ext = local[len(user) + 1:]
    elif local.lower() == user.lower():
        ext = ""
    else:
        ext = local

    def after(text, dashes):
        parts = text.split("-", dashes)
        return parts[dashes] if len(parts) > dashes else ""

    def host_up_to(dots):
        text = host
        for _ in range(dots):
            if "." not in text:
                break
            text = text.rsplit(".", 1)[0]
        return text

    full = local + "@" + host
    clean = full.replace("\n", "_")
    env = dict(base if base is not None else {"PATH": "/usr/bin:/bin"})
    env.update({
        "SENDER": sender, "NEWSENDER": sender, "RECIPIENT": full, "USER": user, "HOME": str(home),
        "HOST": host, "HOST2": host_up_to(1), "HOST3": host_up_to(2), "HOST4": host_up_to(3),
        "LOCAL": local, "EXT": ext, "EXT2": after(ext, 1), "EXT3": after(ext, 2),
        "EXT4": after(ext, 3), "DEFAULT": ext,
        "DTLINE": "Delivered-To: " + clean + "\n",
        "RPLINE": "Return-Path: <" + sender.replace("\n", "_") + ">\n",
        "UFLINE": "From " + (sender.replace(" ", "-").replace("\n", "-") or "MAILER-DAEMON") +
                  time.strftime(" %a %b %d %H:%M:%S %Y\n", time.gmtime(0)),
    })
    env.update(extra or {})
    return env


def run_command(command, message_fd, env, cwd, timeout=60):
    """Runs one |command line as qmail-local does. Returns (exit code as qmail sees it, output)."""
    os.lseek(message_fd, 0, os.SEEK_SET)
    process = subprocess.Popen(
        ["/bin/sh", "-c", command], stdin=message_fd, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env={k: os.fsencode(v) for k, v in env.items()}, cwd=cwd,
        umask=0o077, start_new_session=False, close_fds=True)
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return (111 if process.returncode < 0 else process.returncode), output


def deliver(message, lines, env, cwd, queue_dir, timeout=60):
    """Carries out the lines of a dot-qmail file for `message` (bytes). Returns a Result."""
    result = Result()
    path = os.path.join(str(queue_dir), "mess")
    with open(path, "wb") as out:
        out.write(b"Received: (qmail 4711 invoked by uid 1002); 22 Nov 2026 12:00:00 -0000\n")
        out.write(message)
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    started = time.monotonic()
    try:
        for line in lines:
            if not line or line.startswith("#"):
                continue
            if line.startswith("|"):
                code, output = run_command(line[1:].rstrip(" \t"), fd, env, cwd, timeout)
                result.command_codes.append(code)
                result.report += output
                result.did[2] += 1
                if code == 0:
                    continue
                if code == 99:
                    break
                result.code = 100 if code in PERMANENT else 111
                result.forwards = []
                break
            if line[0] in "/.":
                result.files.append(line)
                result.did[0] += 1
            else:
                result.forwards.append(line.lstrip("&"))
                result.did[1] += 1
    finally:
        os.close(fd)
        os.unlink(path)
        result.seconds = time.monotonic() - started
    if b"\0" in result.report:      # the report ends there, the did counts vanish
        result.report = result.report[:result.report.index(b"\0")]
    if len(result.report) > 3000:
        result.report = result.report[:2966] + b"\nError report too long, sorry.\n"
    return result


def nonblocking(fd):
    return bool(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK)
