"""A service that speaks ICAP and answers what it is told to: the vendors' answers, and lies."""
import socket
import threading

OPTIONS = (b"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nService: Fake\r\nISTag: \"FAKE-1\"\r\n"
           b"Allow: 204\r\nOptions-TTL: 600\r\nEncapsulated: null-body=0\r\n\r\n")
CLEAN = b"ICAP/1.0 204 Unmodified\r\nISTag: \"FAKE-1\"\r\n\r\n"
CONTINUE = b"ICAP/1.0 100 Continue\r\n\r\n"


def options(extra=b"", without=b""):
    """OPTIONS with some lines more, and without one."""
    lines = [line for line in OPTIONS.split(b"\r\n") if not without or not line.startswith(without)]
    return b"\r\n".join(lines[:1] + [extra.rstrip(b"\r\n")] * bool(extra) + lines[1:])


def respond(icap=b"", http=b"HTTP/1.1 403 Forbidden\r\n\r\n", body=b"<html>no</html>\n"):
    """A 200 with these lines in its header, this HTTP header and body inside."""
    return (b"ICAP/1.0 200 OK\r\nISTag: \"FAKE-1\"\r\n" + icap +
            b"Encapsulated: res-hdr=0, res-body=%d\r\n\r\n" % len(http) + http +
            (b"%x\r\n" % len(body) + body + b"\r\n" if body else b"") + b"0\r\n\r\n")


def found(name=b"Fake.Virus"):
    return respond(b"X-Infection-Found: Type=0; Resolution=2; Threat=" + name + b";\r\n")


class Request:
    """What was asked: method, header (names in lower case), the object, or its preview."""

    def __init__(self, method, uri, header, connection, number):
        self.method, self.uri, self.header = method, uri, header
        self.connection, self.number = connection, number
        self.body, self.previewed = b"", False


class FakeIcap:
    """`answer(request)` gives the bytes to be sent, None to hang up, or "" to say nothing."""

    def __init__(self, answer, options=OPTIONS):
        self.answer, self.options = answer, options
        self.requests, self.connections = [], 0
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(16)
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        self.listener.close()

    def url(self, service="/av"):
        return "icap://127.0.0.1:%d%s" % (self.port, service)

    def objects(self):
        """What it was asked about; a preview and the rest of it are two."""
        return [r for r in self.requests if r.method == b"RESPMOD"]

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self.serve, args=(connection, self.connections))
            self.threads.append(thread)
            thread.start()

    def serve(self, connection, number):
        with connection, connection.makefile("rb") as stream:
            try:
                while self.one(connection, stream, number):
                    pass
            except OSError:
                pass  # the client has hung up

    def one(self, connection, stream, number):
        lines = read_header(stream)
        if not lines:
            return False
        method, uri = lines[0].split()[:2]
        header = dict(split_field(line) for line in lines[1:])
        request = Request(method, uri, header, number, len(self.requests) + 1)
        self.requests.append(request)
        if method == b"OPTIONS":
            return self.send(connection, self.options)
        stream.read(int(header[b"encapsulated"].rpartition(b"=")[2]))
        request.body = read_chunks(stream)
        request.previewed = b"preview" in header
        answer = self.answer(request)
        if answer == CONTINUE:
            connection.sendall(CONTINUE)
            rest = Request(method, uri, header, number, request.number)
            rest.body = request.body + read_chunks(stream)
            self.requests.append(rest)
            answer = self.answer(rest)
        return self.send(connection, answer)

    @staticmethod
    def send(connection, answer):
        if answer is None:
            return False
        connection.sendall(answer or b"")
        return not (isinstance(answer, bytes) and b"Connection: close" in answer)


def read_header(stream):
    lines = []
    while True:
        line = stream.readline()
        if not line:
            return []
        if line == b"\r\n":
            return lines
        lines.append(line.rstrip(b"\r\n"))


def split_field(line):
    name, _, value = line.partition(b":")
    return name.strip().lower(), value.strip()


def read_chunks(stream):
    body = b""
    while True:
        line = stream.readline()
        if not line:
            raise ConnectionError("hung up in mid-body")
        size = int(line.split(b";")[0], 16)
        data = stream.read(size + 2)
        assert data.endswith(b"\r\n")
        if size == 0:
            return body
        body += data[:-2]
