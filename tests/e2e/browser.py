"""
A headless Chromium, told what to do by its DevTools protocol over two pipes: it is started once for
many pages, shows each as it is on disk, at any width, in light and dark, and tells what it was asked
to measure. No name is resolved.
"""
import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import time

import pytest

PATIENCE = 60   # seconds; an answer takes milliseconds


class Browser:
    """One tab. `with Browser(directory) as browser`; what it asked the network for is in .network()"""

    def __init__(self, work):
        program = shutil.which("chromium-headless-shell")
        if not program:
            pytest.fail("chromium-headless-shell is not installed (Debian: chromium-headless-shell)")
        work.mkdir(parents=True, exist_ok=True)
        self.net_log = work / "net.json"
        self.numbers = itertools.count(1)
        self.waiting = b""
        self.said = []      # what the page wrote on the console, and the browser about the page
        self.session = None
        self.process = self.start(
            [program, "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
             "--user-data-dir=%s" % (work / "profile"), "--log-net-log=%s" % self.net_log, "about:blank"],
            work / "stderr")
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"],
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def start(self, command, errors):
        """It reads commands from descriptor 3 and writes answers to 4."""
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (commands, answers)]

        def place():
            for fd, wanted in zip(high, (3, 4)):
                os.dup2(fd, wanted)

        with open(errors, "wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       close_fds=False, preexec_fn=place)
        for fd in (commands, answers, *high):
            os.close(fd)
        return process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            try:
                self.session = None
                self.call("Browser.close")
                self.process.wait(PATIENCE)
            except (EOFError, BrokenPipeError, subprocess.TimeoutExpired):
                self.process.kill()
                self.process.wait()
        os.close(self.commands)
        os.close(self.answers)

    def network(self):
        """All it did on the network, or tried to; once it has ended."""
        return self.net_log.read_text()

    def receive(self):
        """The next message."""
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.waiting:
            if not select.select([self.answers], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            read = os.read(self.answers, 1 << 20)
            if not read:
                raise EOFError("the browser has ended")
            self.waiting += read
        message, _, self.waiting = self.waiting.partition(b"\0")
        return json.loads(message)

    def until(self, wanted):
        """The first message that is wanted; what the page says meanwhile is remembered."""
        while True:
            message = self.receive()
            method, params = message.get("method"), message.get("params", {})
            if method == "Log.entryAdded":
                self.said.append(params["entry"]["text"])
            elif method == "Runtime.consoleAPICalled":
                self.said.append(str([a.get("value") for a in params["args"]]))
            elif method == "Runtime.exceptionThrown":
                self.said.append(str(params["exceptionDetails"]))
            if wanted(message):
                return message

    def call(self, method, **params):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        answer = self.until(lambda m: m.get("id") == number)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def prepare(self, script):
        """Runs a script in each page from here on before anything else, whatever its policy says."""
        self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def show(self, path):
        """Loads the page, at 1280 pixels, in light."""
        self.screen(1280, "light")
        self.said.clear()
        failed = self.call("Page.navigate", url=path.as_uri()).get("errorText")
        assert not failed, (path, failed)
        self.until(lambda m: m.get("method") == "Page.loadEventFired")

    def screen(self, width, scheme, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def ask(self, expression):
        """The value of a JavaScript expression, or what it promises."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def point(self, expression):
        """Moves the pointer to the middle of an element, which is brought into sight."""
        x, y = self.ask("(element => { element.scrollIntoView({block: 'center'});"
                        "const box = element.getBoundingClientRect();"
                        "return [box.left + box.width / 2, box.top + box.height / 2]})(%s)" % expression)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def picture(self, path):
        """All of the page, as PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                         clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"],
                               "scale": 1})["data"]
        path.write_bytes(base64.b64decode(data))

    def paper(self, path):
        """The page as it is printed, as PDF."""
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"]))
