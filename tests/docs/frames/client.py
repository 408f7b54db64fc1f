# SPDX-License-Identifier: Apache-2.0
# The server that the page asks, on the ports that it names; it ends with the page.
import atexit
import subprocess
import time
import urllib.request

server = subprocess.Popen(
    ["featc", "serve", "build/served", "--store", "default=jsonl:examples/takeaway/profiles.jsonl"], stdout=subprocess.DEVNULL)
atexit.register(server.wait)
atexit.register(server.terminate)
for attempt in range(300):
    try:
        urllib.request.urlopen("http://127.0.0.1:8081/health/ready")
        break
    except OSError:
        assert server.poll() is None
        time.sleep(0.1)
