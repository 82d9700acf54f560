"""A headless Chromium, spoken to over two pipes by the DevTools protocol: no port, no other package."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

BINARY = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
    *("--disable-dev-shm-usage", "--remote-debugging-pipe"),
)


class Browser:
    """One Chromium with one page; use it in a `with` statement.

    `problems` holds what the page said on its console as a warning or an error, every exception, every dialog and every
    request that is not for the file itself; `clear` forgets them.
    """

    def __init__(self, profile: Path, *, timeout_s: float = 60.0) -> None:
        if BINARY is None:
            raise FileNotFoundError("no Chromium on PATH")
        self._timeout_s = timeout_s
        self._number = 0
        self._rest = b""
        self._session = ""
        self.problems: list[str] = []
        self.events: list[dict[str, Any]] = []
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        # Chromium reads descriptor 3 and writes descriptor 4.
        command = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
        options = (*_OPTIONS, f"--user-data-dir={profile}", "about:blank")
        self._process = subprocess.Popen(
            ["bash", "-c", command, "bash", str(theirs_in), str(theirs_out), BINARY, *options],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = ours_in, ours_out

    def __enter__(self) -> Self:
        targets = self.send("Target.getTargets")["targetInfos"]
        target = next(each["targetId"] for each in targets if each["type"] == "page")
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=10)
        os.close(self._in)
        os.close(self._out)

    def open(self, page: Path) -> float:
        """Load a file; seconds from the start of the navigation to the end of its `load` event."""
        self.clear()
        self.send("Page.navigate", url=page.absolute().as_uri())
        self._until(lambda: any(event["method"] == "Page.loadEventFired" for event in self.events))
        self._until(lambda: self.run("performance.getEntriesByType('navigation')[0].loadEventEnd > 0"))
        taken: float = self.run("performance.getEntriesByType('navigation')[0].loadEventEnd")
        return taken / 1000

    def run(self, code: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        found = self.send("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    def wait(self, code: str) -> None:
        """Until an expression is true."""
        self._until(lambda: bool(self.run(code)))

    def press(self, key: str, *, shift: bool = False) -> None:
        """One key, as a person would press it."""
        codes = {"Tab": 9, "Enter": 13, "Space": 32}
        text = {"Enter": "\r", "Space": " "}.get(key, "")
        named = {"key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": codes[key]}
        for kind in ("keyDown", "keyUp"):
            said = {"text": text} if text and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, modifiers=8 if shift else 0, **named, **said)

    def look(self, *, width: int = 1280, height: int = 900, dark: bool = False, phone: bool = False) -> None:
        """Set the size of the window and the colours that the person prefers."""
        size = {"width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone}
        self.send("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media="", features=[scheme])

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """What is to be seen as PNG, or with `whole` all of the page."""
        taken = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(taken["data"]))

    def printed(self) -> bytes:
        """The page as PDF."""
        data: str = self.send("Page.printToPDF")["data"]
        return base64.b64decode(data)

    def clear(self) -> None:
        self.problems.clear()
        self.events.clear()

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol and its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        wanted = self._number
        end = time.monotonic() + self._timeout_s
        while True:
            answer = self._read(end)
            if answer.get("id") == wanted:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _read(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._in], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            got = os.read(self._in, 1 << 20)
            if not got:
                raise ConnectionError("Chromium went away")
            self._rest += got
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        if "method" in message:
            self.events.append(message)
            self._judge(message["method"], message.get("params", {}))
        return message

    def _judge(self, method: str, said: dict[str, Any]) -> None:
        match method:
            case "Runtime.consoleAPICalled" if said["type"] in ("error", "warning", "assert"):
                self.problems.append(f"console: {said['args']}")
            case "Runtime.exceptionThrown":
                self.problems.append(f"exception: {said['exceptionDetails']}")
            case "Log.entryAdded" if said["entry"]["level"] in ("error", "warning"):
                self.problems.append(f"log: {said['entry']['text']}")
            case "Page.javascriptDialogOpening":
                self.problems.append(f"dialog: {said}")
            case "Network.requestWillBeSent" if not said["request"]["url"].startswith(("file:", "about:")):
                self.problems.append(f"request: {said['request']['url'][:200]}")

    def _until(self, holds: Any) -> None:
        end = time.monotonic() + self._timeout_s
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError("the page did not get there")
            # A page without scripts has no timers: what the browser says next is waited for.
            if self._rest or select.select([self._in], [], [], 0.02)[0]:
                self._read(end)
