"""Documents and stored objects in S3, through a server that now and then does not do its work.

The store is moto's server; a second server before it spoils requests.
"""

import base64
import contextlib
import hashlib
import http.client
import http.server
import itertools
import json
import logging
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest

pytest.importorskip("s3fs", reason="needs the dependency group `tests`")
pytest.importorskip("moto.server", reason="needs the dependency group `tests`")

import fsspec
import s3fs
from attrs import evolve
from moto.server import ThreadedMotoServer

from loanbatch import BatchProcessingHandler, hookimpl, load_settings
from loanbatch.errors import NotFoundError, SourceUnavailableError, StorageFailedError
from loanbatch.models import Artifact, Document, Page, Source, TextSource, Word
from loanbatch.results import BatchProcessingResult, ResultStatus
from loanbatch.settings import Settings
from loanbatch.sources import _reading, hash_source, list_sources, read_location
from loanbatch.testing.samples import make_sample
from loanbatch_plugins import objects

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
DIGEST = hashlib.sha256(PDF).hexdigest()
KEY = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}.pdf"
PASSING = ("error", "busy", "hang", "cut", "drop", "deaf")
CREDENTIALS = {"key": "a", "secret": "b"}


class FaultyServer:
    """Hands requests on to an S3 server and spoils some of them.

    Attributes:
        faults: Names of faults, in turn for each spoilt request: `error` (500), `busy` (503),
            `hang` (no answer), `cut` (half of the answer), `drop` (the request never arrives),
            `deaf` (it arrives, and the answer is lost), `forbidden` (403).
        spoils: Tells by its number, counted from 0, whether a request is spoilt.
        seen: Requests so far.
    """

    def __init__(self, target):
        self.faults = itertools.cycle(["error"])
        self.spoils = lambda number: False
        self.seen = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                with contextlib.suppress(OSError):
                    super().handle_one_request()

            def answer(self):
                outer.answer(self, target)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, request, target):
        with self._lock:
            fault = next(self.faults) if self.spoils(self.seen) else None
            self.seen += 1
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length)
        request.close_connection = fault is not None
        if fault in ("error", "busy", "forbidden"):
            status = {"error": 500, "busy": 503, "forbidden": 403}[fault]
            request.send_response(status)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if fault == "drop":
            return
        if fault == "hang":
            time.sleep(0.6)
            return
        connection = http.client.HTTPConnection(*target, timeout=30)
        connection.request(request.command, request.path, body, dict(request.headers.items()))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if fault == "deaf":
            return
        request.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "date", "server"):
                request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content[: len(content) // 2] if fault == "cut" else content)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def store():
    """Return the address of a sound S3 server."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()
    server.stop()


def filesystem(address):
    return s3fs.S3FileSystem(
        endpoint_url=address, skip_instance_cache=True, use_listings_cache=False, **CREDENTIALS
    )


@pytest.fixture
def bucket(store, request):
    """Return the name of an empty bucket, and a sound way to it."""
    name = f"b{abs(hash(request.node.name))}"
    sound = filesystem("http://{}:{}".format(*store))
    sound.mkdir(name)
    return name, sound


@pytest.fixture
def server(store, monkeypatch):
    """Return the server that spoils requests: s3:// addresses lead to it, and try once only."""
    faulty = FaultyServer(store)
    config = {"read_timeout": 0.3, "connect_timeout": 5, "retries": {"max_attempts": 0}}
    monkeypatch.setitem(
        fsspec.config.conf,
        "s3",
        {"endpoint_url": faulty.address, "config_kwargs": config, **CREDENTIALS},
    )
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    _reading._patience_with.cache_clear()
    yield faulty
    faulty.close()
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def settings(tmp_path, bucket):
    return Settings(home=tmp_path, objects=f"s3://{bucket[0]}/kept", storage_patience_seconds=60.0)


def store_document(settings, *artifacts):
    source = Source(file_name="closing.pdf", location="closing.pdf", content=PDF)
    result = BatchProcessingResult(
        file_name="closing.pdf",
        source="closing.pdf",
        status=ResultStatus.SUCCESS,
        sha256=DIGEST,
        timestamp=datetime(2026, 3, 1, tzinfo=UTC),
        artifacts=artifacts,
    )
    return objects.store(result, source, settings)


def stored(bucket):
    """Return what is in a bucket under final names."""
    name, sound = bucket
    found = {path: sound.cat_file(path) for path in sound.find(f"{name}/kept")}
    prefix = f"{name}/kept/"
    return {
        path.removeprefix(prefix): content
        for path, content in found.items()
        if not path.startswith(f"{prefix}incoming/")
    }


def test_original_and_artifact_are_stored_once(server, settings, bucket):
    artifact = Artifact(name="searchable.pdf", media_type="application/pdf", content=b"%PDF ocr")

    receipts = store_document(settings, artifact)
    again = store_document(settings, artifact)

    assert receipts == again
    assert receipts[0].where == f"s3://{bucket[0]}/kept/{KEY}"
    assert stored(bucket) == {KEY: PDF, KEY.replace(".pdf", ".searchable.pdf"): b"%PDF ocr"}
    assert [item.key for item in objects.list_objects(settings)] == sorted(stored(bucket))
    assert list(objects.damaged_objects(settings)) == []


@pytest.mark.parametrize("fault", PASSING)
def test_object_is_stored_whole_whichever_request_is_spoilt(server, settings, bucket, fault):
    store_document(settings)  # looks for the region too
    bucket[1].rm(f"{bucket[0]}/kept/{KEY}")
    server.seen = 0
    store_document(settings)
    requests = server.seen
    server.faults = itertools.cycle([fault])
    for place in range(PASSING.index(fault) % 2, requests, 2):  # half of them, for time's sake
        bucket[1].rm(f"{bucket[0]}/kept/{KEY}")
        server.seen = 0
        server.spoils = place.__eq__

        store_document(settings)

        assert server.seen > place
        assert stored(bucket) == {KEY: PDF}
    assert requests >= 5


def test_store_that_stays_away_fails_the_document_which_may_be_retried(server, tmp_path, bucket):
    settings = Settings(
        home=tmp_path, objects=f"s3://{bucket[0]}/kept", storage_patience_seconds=0.3
    )
    server.faults = itertools.cycle(PASSING)
    server.spoils = lambda number: True

    with pytest.raises(StorageFailedError) as caught:
        store_document(settings)

    assert caught.value.retryable
    assert f"the object store s3://{bucket[0]}/kept does not do its work" in caught.value.message
    assert "tried for 0.3 seconds" in caught.value.message
    assert stored(bucket) == {}
    server.spoils = lambda number: False
    store_document(settings)
    assert stored(bucket) == {KEY: PDF}


def test_store_that_was_given_up_is_asked_once_for_each_document(server, tmp_path, bucket):
    settings = Settings(
        home=tmp_path, objects=f"s3://{bucket[0]}/kept", storage_patience_seconds=0.2
    )
    server.spoils = lambda number: True
    with pytest.raises(StorageFailedError):
        store_document(settings)
    before = server.seen

    with pytest.raises(StorageFailedError):
        store_document(settings)

    assert server.seen - before <= 2


def test_refusal_is_told_at_once(server, settings, bucket):
    server.faults = itertools.cycle(["forbidden"])
    server.spoils = lambda number: True

    with pytest.raises(StorageFailedError, match="permit writing"):
        store_document(settings)

    assert server.seen <= 2


def test_bucket_that_is_not_there_is_not_made(server, tmp_path, bucket):
    settings = Settings(home=tmp_path, objects="s3://misspelt/kept")

    with pytest.raises(StorageFailedError, match="s3://misspelt/kept"):
        store_document(settings)

    assert not bucket[1].exists("misspelt")


def test_damaged_object_of_a_bucket_is_told_set_aside_and_restored(server, settings, bucket):
    pytest.importorskip("cryptography", reason="the extra `encryption` is not installed")
    table = objects.ObjectsSettings(encryption_keys=(base64.b64encode(bytes(32)).decode(),))
    settings = evolve(settings, plugin_tables={"objects": table})
    store_document(settings)
    name, sound = bucket
    sealed = sound.cat_file(f"{name}/kept/{KEY}")
    assert PDF not in sealed
    sound.pipe_file(f"{name}/kept/{KEY}", sealed[:-1] + bytes([sealed[-1] ^ 1]))
    sound.pipe_file(f"{name}/kept/incoming/{KEY[-40:]}", b"of a writer nobody knows")
    server.faults = itertools.cycle(PASSING)
    server.spoils = lambda number: number % 5 == 4

    assert [item.key for item in objects.damaged_objects(settings)] == [KEY]
    objects.set_aside(settings, KEY)
    assert list(objects.list_objects(settings)) == []
    objects.restore(settings, DIGEST, PDF, KEY)
    assert [found.condition for found in objects.inspect_objects(settings)] == ["sound"]
    assert list(objects.unfinished(settings)) == []
    assert objects.remove_unfinished(settings, older_than=-60.0) == 1
    assert objects.remove_objects(settings, [KEY], older_than=-60.0) == 1
    assert sound.find(name) == [f"{name}/kept/damaged/{KEY}"]


def test_documents_of_a_bucket_are_listed_and_read_whichever_request_is_spoilt(server, bucket):
    name, sound = bucket
    for number in range(2):
        sound.pipe_file(f"{name}/in/{number}.pdf", PDF + bytes([number]))

    def read_all():
        listed = [item.source for item in list_sources([f"s3://{name}/in"], settings=Settings())]
        return [(s.file_name, hash_source(s).sha256, read_location(s.location)) for s in listed]

    wanted = read_all()
    server.seen = 0
    assert read_all() == wanted
    requests = server.seen
    for place, fault in itertools.product(range(requests), ("error", "hang", "cut")):
        server.faults = itertools.cycle([fault])
        server.seen = 0
        server.spoils = place.__eq__
        assert read_all() == wanted, (fault, place)
    assert [item[2] for item in wanted] == [PDF + b"\0", PDF + b"\1"]
    assert requests >= 5


def test_document_whose_server_stays_away_is_unavailable_and_may_be_retried(
    server, bucket, monkeypatch
):
    monkeypatch.setattr(_reading, "_PATIENCE", 0.2)
    name, sound = bucket
    sound.pipe_file(f"{name}/in/a.pdf", PDF)
    server.spoils = lambda number: True

    with pytest.raises(SourceUnavailableError, match=r"a\.pdf could not be read") as caught:
        read_location(f"s3://{name}/in/a.pdf")

    assert caught.value.retryable
    assert name not in caught.value.message


def test_document_that_is_not_in_the_bucket_is_told_at_once(server, bucket):
    with pytest.raises(NotFoundError):
        read_location(f"s3://{bucket[0]}/in/none.pdf")


class Reader:
    """Reads anything as one word."""

    @hookimpl
    def read_pages(self, source, page_numbers):
        word = Word(text=str(len(source.read())), left=1, top=1, right=9, bottom=9)
        layer = TextSource.TEXT_LAYER
        return [Page(number=1, width=99, height=99, words=(word,), text_source=layer)]

    @hookimpl
    def classify(self, pages):
        return [Document(kind="note", first_page=1, last_page=1)]


def outcome(summary):
    return [(r.file_name, r.status.value, r.sha256, r.error_code) for r in summary.results]


def test_batch_in_buckets_ends_as_if_every_request_had_been_answered(server, tmp_path, bucket):
    name, sound = bucket
    urls = [f"s3://{name}/in/{number:02}.txt" for number in range(20)]
    for number, url in enumerate(urls):
        sound.pipe_file(url, b"%PDF-" + bytes([number]) * 2000)
    blocked = ("intake", "pdf_text", "images", "ocr", "classification", "templates", "normalizers")
    (tmp_path / "absent.toml").write_text("")
    outcomes = []
    for part, spoils in (("calm", lambda number: False), ("stormy", lambda n: n % 5 == 4)):
        server.spoils = spoils
        server.faults = itertools.cycle(PASSING)
        settings = load_settings(
            {
                "home": tmp_path / part,
                "objects": f"s3://{name}/kept",
                "no_plugins": blocked,
                "executor": "inline",
            },
            config_file=tmp_path / "absent.toml",
            environ={},
        )
        with BatchProcessingHandler(settings, [Reader()]) as handler:
            outcomes.append((outcome(handler.process(urls)), stored(bucket)))
        sound.rm(f"{name}/kept", recursive=True)

    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0][1]) == 20
    assert {status for _, status, _, _ in outcomes[0][0]} == {"success"}


def test_command_line_runs_from_bucket_to_bucket(store, bucket, tmp_path, monkeypatch):
    name, sound = bucket
    samples = [make_sample("w2", seed=seed).content for seed in range(4)]
    for number, content in enumerate([*samples, b"no document"]):
        sound.pipe_file(f"{name}/in/{number}.pdf", content)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://{}:{}".format(*store))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    place = ("--home", str(tmp_path), "--set", f"objects=s3://{name}/kept")
    # Each worker is forked anew from a process that has talked to the store.
    workers = ("--workers", "2", "--set", "documents_per_worker=1")

    done = subprocess.run(
        [sys.executable, "-m", "loanbatch", "run", f"s3://{name}/in", *place, *workers, "--json"],
        capture_output=True,
        check=False,
        timeout=120,
    )

    results = json.loads(done.stdout)["results"]
    assert done.returncode == 3
    assert [(r["file_name"], r["error_code"]) for r in results] == [
        *((f"{number}.pdf", None) for number in range(4)),
        ("4.pdf", "unsupported_type"),
    ]
    assert sorted(stored(bucket).values()) == sorted(samples)
