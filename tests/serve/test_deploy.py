# SPDX-License-Identifier: Apache-2.0
"""The files of deploy/: what they start is started, and what they ask is asked. What needs systemd, a container engine or a
cluster is only read (docs/deploying.md says so)."""

import json
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest
from conftest import PROGRAM, REQUEST, Server

yaml = pytest.importorskip("yaml")

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def check(shops, options):
    """featc serve with some options loads a config, or says what is wrong with them."""
    return subprocess.run([PROGRAM, "serve", str(shops), "--check", *options], capture_output=True, text=True, timeout=60)


def seconds(text):
    return float(re.fullmatch(r"(\d+)s?", str(text))[1])


# -- Kubernetes ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def objects():
    found = {made["kind"]: made for made in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())}
    assert set(found) == {"Deployment", "Service", "PodDisruptionBudget"}
    return found


@pytest.fixture(scope="module")
def container(objects):
    return objects["Deployment"]["spec"]["template"]["spec"]["containers"][0]


def entrypoint():
    """The program and options of the image, and the arguments that others take the place of."""
    text = (DEPLOY / "Containerfile").read_text()
    return [json.loads(re.search(rf"^{word} (\[.*\])$", text, re.MULTILINE)[1]) for word in ("ENTRYPOINT", "CMD")]


def test_kubernetes_probes(container, objects, start, shops, tmp_path):
    """The image's command line with the example's arguments, on other ports and folders: each probe is answered with 200."""
    (tmp_path / "models").mkdir()
    shutil.copy(shops, tmp_path / "models")
    places = {"/models": str(tmp_path / "models"), "/cache": str(tmp_path / "cache"), "0.0.0.0": "127.0.0.1"}
    program, serve, *options = entrypoint()[0]
    assert program.endswith("/bin/featc") and serve == "serve"
    arguments = [places.get(word, word) for word in container["args"] + options]
    assert arguments[0] == places["/models"] and set(places) <= set(container["args"] + options)
    server = start(*arguments)
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"http": 8080, "admin": 8081}  # the program's defaults
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = container[probe]["httpGet"]
        assert server.ask(asked["path"], admin=asked["port"] == "admin")[0] == 200
    notes = objects["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert notes["prometheus.io/port"] == str(ports["admin"])
    assert server.ask(notes["prometheus.io/path"], admin=True)[0] == 200
    assert server.ask("/extract/shops", json.dumps(REQUEST))[0] == 200


def test_kubernetes_parts_fit(container, objects):
    template = objects["Deployment"]["spec"]["template"]
    for selector in (objects["Deployment"]["spec"]["selector"]["matchLabels"], objects["Service"]["spec"]["selector"],
                     objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]):
        assert selector.items() <= template["metadata"]["labels"].items()
    names = {port["name"] for port in container["ports"]}
    assert {port["targetPort"] for port in objects["Service"]["spec"]["ports"]} <= names
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in template["spec"]["volumes"]}
    # Time to be taken out of the lists, to drain (--grace, 5 s), and to spare.
    waits = seconds(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert template["spec"]["terminationGracePeriodSeconds"] > waits + 5
    user = re.search(r"^USER (\d+):(\d+)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    security = template["spec"]["securityContext"]
    assert security["runAsNonRoot"] and [str(security["runAsUser"]), str(security["runAsGroup"])] == list(user.groups())


# -- systemd ---------------------------------------------------------------------------------------------


def unit():
    found = {}
    for line in (DEPLOY / "featc.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, value)
    return found


def test_unit(shops, tmp_path):
    _, serve, models, *options = shlex.split(unit()["ExecStart"])
    assert serve == "serve" and models.startswith("/srv/")
    assert options.pop() == "$FEATC_OPTIONS"
    options = [str(tmp_path / "cache") if word.startswith("/var/cache") else word for word in options]
    sample = re.search(r"^#   FEATC_OPTIONS=(.*)$", (DEPLOY / "featc.service").read_text(), re.MULTILINE)[1]
    done = check(shops, options + [word for word in shlex.split(sample) if "store" not in word and "redis" not in word])
    assert done.returncode == 0, done.stderr
    assert seconds(unit()["TimeoutStopSec"]) > 5  # --grace
    assert int(unit()["LimitNOFILE"]) >= 10_000 + 512  # --connections


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
def test_unit_is_verified(tmp_path):
    # Where featc is not installed, the unit's program does not exist.
    text = (DEPLOY / "featc.service").read_text().replace("/usr/local/bin/featc", PROGRAM)
    (tmp_path / "featc.service").write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(tmp_path / "featc.service")], capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if "featc.service" in line]
    assert done.returncode == 0 and not told, done.stderr


# -- The container's files -------------------------------------------------------------------------------


def test_containerfile(shops, tmp_path):
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    stages = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(stages) == 2 and all(stage == "debian:12-slim" for stage in stages)
    for script in re.findall(r"\b((?:scripts|deploy)/[\w-]+)", "\n".join(re.findall(r"^RUN (.*)$", text, re.MULTILINE))):
        assert (ROOT / script).stat().st_mode & 0o111, script
    options = entrypoint()[0][2:] + entrypoint()[1][1:]
    done = check(shops, options)
    assert done.returncode == 0, done.stderr
    assert "build" in (ROOT / ".dockerignore").read_text().split()


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="there is no dpkg")
def test_runtime_files(shops, tmp_path):
    """What an image gets: the program runs with the libraries beside it, and takes nothing from the checkout."""
    build = pathlib.Path(PROGRAM).parent
    # As the example installs it, where this build can be installed.
    done = subprocess.run(["cmake", "--install", str(build), "--prefix", str(tmp_path / "opt")], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"this build cannot be installed: {done.stderr[-200:]}")
    subprocess.run([str(DEPLOY / "runtime-files"), str(tmp_path / "opt"), str(tmp_path / "runtime")], check=True, timeout=300)
    packages = (tmp_path / "runtime/packages").read_text().split()
    assert "tzdata" in packages and "libc6" in packages and not any(name.endswith("-dev") for name in packages)
    root = pathlib.Path(f"{tmp_path}/runtime/root{tmp_path}/opt")
    modules = sorted((root / "lib/featc").glob("featc_*.so"))
    for file in [root / "bin/featc", *modules]:
        linked = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=True).stdout
        assert "not found" not in linked and str(ROOT) not in linked, linked
    done = subprocess.run([str(root / "bin/featc"), "serve", str(shops), "--check"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
