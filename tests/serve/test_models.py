# SPDX-License-Identifier: Apache-2.0
"""Model folders: scores over HTTP are those of `featc score`, and versions change while requests come."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from conftest import PROGRAM, wait_until

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../scoring"))
pytest.importorskip("onnx")
np = pytest.importorskip("numpy")
from networks import Network  # noqa: E402

CONFIG = """\
model test
request { n : int64 }
item { a : float64  b : float64 }
dense user    = n
dense numbers width 2 = [a, b]
"""

REQUEST = {"request": {"n": 3}, "items": [{"a": 1, "b": 2}, {"a": -0.5, "b": 4}]}


def publish(folder, number, factor, check=True):
    """Version `number`: score = factor * (n + 10 a + 100 b)."""
    version = folder / f"making-{number}"
    version.mkdir(parents=True)
    (version / "features.feat").write_text(CONFIG)
    network = Network()
    user, numbers = network.input("user", 1), network.input("numbers", 2)
    both = network.add("Concat", user, numbers, axis=1)
    network.output(network.dense(both, np.array([[1], [10], [100]]) * factor, [0.0]), "score", 1)
    network.save(version / "scorer.onnx")
    done = subprocess.run([PROGRAM, "pack", str(version)], capture_output=True, text=True)
    if check:
        assert done.returncode == 0, done.stderr
    version.rename(folder / str(number))


def expected(factor):
    return [factor * (3 + 10 * item["a"] + 100 * item["b"]) for item in REQUEST["items"]]


@pytest.fixture(scope="module")
def has_openvino(tmp_path_factory):
    folder = tmp_path_factory.mktemp("probe") / "m"
    publish(folder, 1, 1, check=False)
    if not (folder / "1" / "manifest.json").exists():
        pytest.skip("this featc has no engine for networks")


@pytest.fixture
def model(tmp_path, has_openvino):
    publish(tmp_path / "m", 1, 1)
    return tmp_path / "m"


def scores_of(server, name="m"):
    status, headers, rows = server.ask(f"/extract/{name}", REQUEST)
    assert status == 200, rows
    return [row["score"] for row in rows], headers["Featc-Version"].split()[0]


def test_same_as_score(start, model, tmp_path):
    server = start(model)
    data = tmp_path / "data.jsonl"
    data.write_text(json.dumps(REQUEST) + "\n")
    printed = subprocess.run([PROGRAM, "score", str(model), "--input", str(data)], capture_output=True, text=True, check=True)
    assert server.ask("/extract/m", REQUEST)[2] == [json.loads(line) for line in printed.stdout.splitlines()]
    assert scores_of(server) == (pytest.approx(expected(1)), "1")

    inputs = [{"name": name, "datatype": datatype, "shape": [len(data)], "data": data} for name, datatype, data in [
        ("n", "INT64", [3]), ("a", "FP64", [1, -0.5]), ("b", "FP32", [2, 4])]]
    status, _, body = server.ask("/v2/models/m/infer", {"inputs": inputs})
    assert status == 200, body
    found = {tensor["name"]: tensor for tensor in body["outputs"]}
    assert set(found) == {"score", "status"} and body["model_version"] == "1"
    assert found["score"]["data"] == pytest.approx(expected(1)) and found["score"]["shape"] == [2]
    assert found["status"]["data"] == [0, 0]
    metadata = server.ask("/v2/models/m")[2]
    assert [output["name"] for output in metadata["outputs"]] == ["score", "status"]
    assert server.metric("featc_server_stage_seconds_count") > 0


def test_scores_over_grpc(start, model):
    grpc = pytest.importorskip("tritonclient.grpc")
    if not (pathlib.Path(PROGRAM).parent / "lib/featc/featc_grpc.so").exists():
        pytest.skip("this featc has no gRPC")
    server = start(model, "--grpc-port", "0")
    client = grpc.InferenceServerClient(f"127.0.0.1:{server.grpc_port}")
    inputs = []
    for name, datatype, values in [("n", "INT64", np.array([3])), ("a", "FP64", np.array([1, -0.5])),
                                   ("b", "FP32", np.array([2, 4], np.float32))]:
        inputs.append(grpc.InferInput(name, list(values.shape), datatype))
        inputs[-1].set_data_from_numpy(values)
    result = client.infer("m", inputs, model_version="1")
    assert result.as_numpy("score").tolist() == pytest.approx(expected(1))
    assert result.as_numpy("status").tolist() == [0, 0]
    assert [output.name for output in client.get_model_metadata("m").outputs] == ["score", "status"]
    publish(model, 7, 2)
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: client.is_server_ready() and client.get_model_metadata("m").versions == ["7"])
    assert client.infer("m", inputs).as_numpy("score").tolist() == pytest.approx(expected(2))
    with pytest.raises(grpc.InferenceServerException, match='has no version "1": 7 serves'):
        client.infer("m", inputs, model_version="1")
    client.close()


def test_versions(start, model):
    server = start(model)
    publish(model, 7, 2)
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: scores_of(server)[1] == "7")
    assert scores_of(server)[0] == pytest.approx(expected(2))
    assert server.ask("/v2/models/m/versions/7/ready")[0] == 200
    assert server.ask("/v2/models/m/versions/1/ready")[0] == 404

    # A damaged one is not served, and says why.
    publish(model, 8, 3)
    (model / "8" / "features.feat").write_text(CONFIG + "# changed\n")
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "version 7 stays" in server.log)
    assert scores_of(server) == (pytest.approx(expected(2)), "7")
    status, _, text = server.ask("/health/ready", admin=True)
    assert status == 200 and b"serves version 7; the current files could not be loaded" in text

    (model / "model.toml").write_text("version = 1\n")
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: scores_of(server)[1] == "1")


def test_watch(start, model):
    server = start(model, "--watch")
    publish(model, 2, 2)
    wait_until(lambda: scores_of(server)[1] == "2")
    publish(model, 3, 3)
    (model / "3" / "features.feat").write_text(CONFIG + "# changed\n")
    wait_until(lambda: "version 2 stays" in server.log)
    (model / "model.toml").write_text("version = 1\n")
    wait_until(lambda: scores_of(server)[1] == "1")
    assert server.log.count("stays") == 1


def test_versions_change_under_load(start, model):
    publish(model, 2, 2)
    server = start(model)
    stop, failed, count = time.monotonic() + 5, [], [0]

    def ask():
        while time.monotonic() < stop:
            try:
                scores, version = scores_of(server)
                count[0] += 1
                if scores != pytest.approx(expected(int(version))):
                    failed.append((scores, version))
            except Exception as error:
                failed.append(error)

    callers = [threading.Thread(target=ask) for _ in range(6)]
    for caller in callers:
        caller.start()
    version = 0
    while time.monotonic() < stop:
        version = 3 - version if version else 1
        (model / "model.toml").write_text(f"version = {version}\n")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
    for caller in callers:
        caller.join()
    assert not failed and count[0] > 20
    assert server.log.count("ready in") > 1


def test_folder_of_models(start, model, tmp_path):
    shutil.copytree(model, tmp_path / "other")
    (tmp_path / "plain.feat").write_text(CONFIG)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.toml").write_text("version = 5\n")
    server = start(tmp_path)
    assert scores_of(server, "m") == scores_of(server, "other")
    assert "features" in server.ask("/extract/plain", REQUEST)[2][0]
    status, _, answer = server.ask("/extract/broken", REQUEST)
    assert status == 503 and "not loaded" in answer["error"]
    assert server.ask("/health/ready", admin=True)[0] == 200
    assert server.ask("/v2/models/broken/ready")[0] == 503
    assert subprocess.run([PROGRAM, "serve", str(tmp_path), "--check"], capture_output=True, timeout=60).returncode == 1
    assert subprocess.run([PROGRAM, "serve", str(model), "--check"], capture_output=True, timeout=60).returncode == 0


def test_score_that_is_not_finite(start, tmp_path, has_openvino):
    publish(tmp_path / "m", 1, 1e35)
    server = start(tmp_path / "m")
    status, headers, _ = server.ask("/extract/m", {"request": {"n": 1}, "items": [{"a": 0, "b": 1e30}, {"a": 0, "b": 0}]})
    assert status == 200 and headers["Featc-Bad-Items"].startswith("1; request:1: item 0")


def test_drain_with_scores(start, model):
    server = start(model)
    got = []
    callers = [threading.Thread(target=lambda: got.append(server.ask("/extract/m", REQUEST)[0])) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert server.stop() == 0 and set(got) == {200}


def verify_log(model, log, code, *options):
    done = subprocess.run([PROGRAM, "verify", str(model), "--input", str(log), *options], capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_log_has_scores(start, model, tmp_path):
    log = tmp_path / "requests.log"
    server = start(model, "--log", str(log))
    publish(model, 2, 2)
    scores_of(server)
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: scores_of(server)[1] == "2")
    assert server.stop() == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert lines[0]["version"] == "1" and lines[0]["scores"] == {"score": pytest.approx(expected(1))}
    assert lines[-1]["version"] == "2" and lines[-1]["scores"] == {"score": pytest.approx(expected(2))}
    # Each line is computed with the version that it names.
    said = verify_log(model, log, 0)
    assert f"{2 * len(lines)} scored: all the same" in said

    # A score that was another one then.
    lines[0]["scores"]["score"][1] += 1
    lines[0]["id"] = "changed"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    said = verify_log(model, log, 1)
    assert "scores, score: 1" in said and "line 1 (request changed), item 1:" in said
    assert "all the same" in verify_log(model, log, 0, "--tolerance", "1000")

    # Scores that are missing, or too many; another version; other tables.
    damaged = [dict(lines[1], scores={"score": [1]}), dict(lines[1], scores={"score": [None, "x"]}),
               dict(lines[1], scores={"other": [1, 2]}), dict(lines[1], version="9"), dict(lines[1], epoch="e", delta=3),
               dict(lines[1], scores=5)]
    log.write_text("".join(json.dumps(line) + "\n" for line in damaged))
    said = verify_log(model, log, 1)
    assert "it has 2 items and 1 values of score" in said
    assert "null in the log" in said and "nothing in the log" in said and "nothing now" in said
    assert "not compared: 1 lines" in said and "came from other tables" in said
