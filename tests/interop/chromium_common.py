"""Headless Chromium by WebDriver, for scripts of this folder (Python 3 standard library only)."""
import functools
import http.server
import json
import os
import subprocess
import threading
import urllib.error
import urllib.request
import interop_common as ic


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html", ".css": "text/css", "": "application/octet-stream"}

    def log_message(self, *_):
        pass


class Driver:
    def __init__(self, port):
        self.base, self.session = "http://127.0.0.1:%d" % port, None
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __call__(self, method, path, body=None, timeout=60):
        url = self.base + ("/session/" + self.session if self.session else "") + path
        req = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(req, timeout=timeout) as r:
                return json.load(r)["value"]
        except urllib.error.HTTPError as e:
            raise ic.Failure("WebDriver %s %s: %s" % (method, path, e.read().decode(errors="replace")[:600]))

    def js(self, script, *args):
        return self("POST", "/execute/sync", {"script": script, "args": list(args)})


def serve(folder):
    """Files of a folder on a free loopback port: the server."""
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    return web


def start(name):
    """A Driver whose session is open."""
    ic.need("chromium", "chromedriver")
    tmp = ic.tempdir(name)
    out = open(os.path.join(tmp, "chromedriver.log"), "w+b")
    drv = ic.spawn(["chromedriver", "--port=0"], stdout=out, stderr=subprocess.STDOUT,
                   env=ic.clean_env(tmp, TMPDIR=tmp))

    def drv_port():
        with open(out.name) as f:
            for line in f:
                if "started successfully on port" in line:
                    return int(line.rstrip(". \n").rsplit(" ", 1)[1])

    d = Driver(ic.wait_until(drv_port, 20, "chromedriver", [drv]))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--no-proxy-server", "--window-size=1400,1100",
             "--user-data-dir=" + os.path.join(tmp, "profile")]
    got = d("POST", "/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome", "unhandledPromptBehavior": "accept",
            "goog:loggingPrefs": {"browser": "ALL"}, "goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": flags}}}})
    d.session = got["sessionId"]
    return d
