"""What hostile documents and broken plugins do to a batch: one of them each costs one document."""

import gc
import importlib.abc
import importlib.machinery
import mmap
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import Executor, wait
from pathlib import Path

import pytest

from loanbatch import BatchProcessingHandler, hookimpl
from loanbatch.errors import (
    LEFT_TO_ANOTHER,
    DocumentTimeoutError,
    EmptyError,
    OutOfMemoryError,
    SettingsError,
    UnexpectedError,
    WorkerCrashedError,
)
from loanbatch.executors import (
    InlineExecutor,
    IsolatedExecutor,
    make_executor,
    task_error,
)
from loanbatch.forks import at_rest, at_work
from loanbatch.results import JobStatus
from loanbatch.testing import make_page


def codes(summary):
    return [(r.file_name, r.error_code, r.retryable) for r in summary.results]


def test_each_fault_costs_one_document(make_handler, faults, write):
    handler = make_handler(
        faults, executor="isolated", timeout_seconds=2, memory_limit_mb=200, workers=2
    )
    paths = write(
        good_1="note 1",
        hang="note hang",
        exit="note exit",
        kill="note kill",
        memory="note memory",
        good_2="note 2",
    )

    summary = handler.process_batch_from_paths(paths)

    assert codes(summary) == [
        ("good_1.txt", None, False),
        ("hang.txt", "timeout", True),
        ("exit.txt", "worker_crashed", True),
        ("kill.txt", "worker_crashed", True),
        ("memory.txt", "out_of_memory", True),
        ("good_2.txt", None, False),
    ]
    assert {r.error_type.value for r in summary.results if r.error_type} == {"processing_error"}
    assert summary.status is JobStatus.COMPLETED_WITH_ERRORS


def test_worker_that_leaves_in_silence_is_missed(make_handler, faults, write):
    """A worker that ends with exit code 0 looks as if it had retired."""
    handler = make_handler(faults, executor="isolated", timeout_seconds=120)

    summary = handler.process_batch_from_paths(write(a="note leave", b="note"))

    assert [r.error_code for r in summary.results] == ["worker_crashed", None]


def test_worker_is_not_forked_in_the_middle_of_an_import(make_settings, tmp_path, monkeypatch):
    """The forked process would have half a module, and nobody who ever finishes it."""
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(0.5)\nready = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    executor = IsolatedExecutor(make_settings(executor="isolated"))
    executor.submit(os.getpid).result(timeout=10)
    importing = threading.Thread(target=__import__, args=["slow_to_import"])

    importing.start()
    while "slow_to_import" not in sys.modules:
        time.sleep(0.001)
    executor._pool._pool_manager.worker_manager.force_stop_workers()
    ready = executor.submit(eval, "__import__('slow_to_import').ready").result(timeout=10)

    importing.join()
    executor.shutdown()
    assert ready


class SlowLoader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Takes long to make a module, as where a large library is linked in."""

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name == "slow_to_make" else None

    def create_module(self, spec):
        time.sleep(0.5)

    def exec_module(self, module):
        module.ready = True


def test_worker_is_not_forked_while_a_module_is_being_made(make_settings, monkeypatch):
    """The forked process would have the module's lock, and nobody who ever gives it back."""
    monkeypatch.setattr(sys, "meta_path", [SlowLoader(), *sys.meta_path])
    executor = IsolatedExecutor(make_settings(executor="isolated"))
    executor.submit(os.getpid).result(timeout=10)
    importing = threading.Thread(target=__import__, args=["slow_to_make"])

    importing.start()
    executor._pool._pool_manager.worker_manager.force_stop_workers()
    ready = executor.submit(eval, "__import__('slow_to_make').ready").result(timeout=10)

    importing.join()
    executor.shutdown()
    assert ready


def test_worker_is_not_forked_while_a_thread_is_at_work(make_settings):
    """The copy would have its half-written buffers, and mutexes that nobody gives back."""
    executor = IsolatedExecutor(make_settings(executor="isolated", documents_per_worker=1))
    first = executor.submit(time.sleep, 0.3)
    began, may_end, resting = threading.Event(), threading.Event(), threading.Event()

    def work():
        with at_work():
            began.set()
            may_end.wait(10)
            with at_rest():
                resting.set()

    thread = threading.Thread(target=work)
    thread.start()
    began.wait(10)
    first.result(timeout=10)
    future = executor.submit(os.getpid)
    waited = not wait([future], timeout=0.5).done
    may_end.set()

    assert waited
    assert future.result(timeout=10)
    assert resting.is_set()
    thread.join()
    executor.shutdown()


class Inherited:
    """Tells when it is taken away; in a circle, as connections of SQLite and their caches are."""

    def __init__(self, told: Path) -> None:
        self.told = told
        self.circle = self

    def __del__(self):
        self.told.write_text(str(os.getpid()))


def test_worker_never_takes_away_what_it_inherited(make_settings, tmp_path):
    """A thread's connection to a database is garbage in the copy, where that thread is not."""
    has, may_end = threading.Event(), threading.Event()

    def hold():
        own = threading.local()
        own.connection = Inherited(tmp_path / "taken")
        has.set()
        may_end.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    has.wait(10)
    executor = IsolatedExecutor(make_settings(executor="isolated"))

    collected = executor.submit(gc.collect).result(timeout=10)

    executor.shutdown()
    assert collected >= 0
    assert not (tmp_path / "taken").exists()
    may_end.set()
    thread.join()


@pytest.mark.parametrize("executor", ["inline", "isolated"])
@pytest.mark.parametrize("fault", ["raise", "sysexit"])
def test_what_a_plugin_raises_costs_its_fields_only(make_handler, faults, write, executor, fault):
    summary = make_handler(faults, executor=executor).process_batch_from_paths(
        write(a=f"note x=1 {fault}", b="note x=2")
    )

    first, second = summary.results
    assert first.documents[0].fields["x"].raw == "1"
    assert [f.code for f in first.findings] == ["plugin_failed"]
    assert first.needs_review
    assert not second.findings


def test_worker_that_died_is_replaced(make_handler, faults, write):
    handler = make_handler(faults, executor="isolated")
    texts = {f"f{number}": f"note kill {number}" for number in range(5)} | {"good": "note"}

    summary = handler.process_batch_from_paths(write(**texts))

    assert [r.error_code for r in summary.results] == ["worker_crashed"] * 5 + [None]


def test_workers_are_recycled(make_handler, write, tmp_path):
    class Pid:
        @hookimpl
        def extract(self, document):
            with (tmp_path / "pids").open("a") as stream:
                stream.write(f"{os.getpid()}\n")
            return []

    handler = make_handler(Pid(), executor="isolated", documents_per_worker=2)
    texts = {f"f{number}": f"note {number}" for number in range(7)}

    summary = handler.process_batch_from_paths(write(**texts))

    pids = Counter((tmp_path / "pids").read_text().split())
    assert summary.successful_documents == 7
    assert sorted(pids.values()) == [1, 2, 2, 2]


def test_pool_that_broke_is_mended_and_loses_no_task(make_settings):
    executor = IsolatedExecutor(make_settings(executor="isolated"))
    pid = executor.submit(os.getpid).result(timeout=10)
    os.kill(pid, signal.SIGKILL)  # idle: pebble cannot tell which task to blame
    pool = executor._pool
    deadline = time.monotonic() + 10
    while pool.active and time.monotonic() < deadline:
        time.sleep(0.05)

    future = executor.submit(os.getpid)

    done, _ = wait([future], timeout=10)
    executor.shutdown()
    assert done
    assert future.result() != pid


def test_tasks_of_a_broken_pool_are_run_by_the_next(make_settings):
    executor = IsolatedExecutor(make_settings(executor="isolated"))
    executor.submit(os.getpid).result(timeout=10)
    pool = executor._pool
    futures = [executor.submit(time.sleep, 0.3), executor.submit(os.getpid)]
    from concurrent.futures.process import BrokenProcessPool

    pool._pool_manager.handle_broken_pool(BrokenProcessPool("as if"))

    executor.mend()

    done, _ = wait(futures, timeout=10)
    executor.shutdown()
    assert len(done) == 2
    assert all(future.exception() is None for future in futures)


def test_inline_executor_carries_exceptions():
    error = InlineExecutor().submit(int, "x").exception()

    assert isinstance(error, ValueError)


@pytest.mark.parametrize("name", ["inline", "isolated"])
def test_built_in_executors_are_executors(make_settings, name):
    executor = make_executor(make_settings(executor=name))

    assert isinstance(executor, Executor)
    executor.shutdown()


def test_unknown_executor_is_an_error_that_names_the_known(make_settings):
    with pytest.raises(SettingsError, match="built in are isolated and inline"):
        make_executor(make_settings(executor="dusk"))


def test_task_errors_are_classified(make_settings):
    from pebble import ProcessExpired

    settings = make_settings(timeout_seconds=7)
    cases = [
        (EmptyError("as it is"), EmptyError),
        (TimeoutError(), DocumentTimeoutError),
        (MemoryError(), OutOfMemoryError),
        (ProcessExpired("gone", code=-9), WorkerCrashedError),
        (ProcessExpired("gone", code=1), WorkerCrashedError),
        (KeyError("Jane Sample"), UnexpectedError),
    ]

    for raised, expected in cases:
        error = task_error(raised, settings)
        assert type(error) is expected
        assert "Jane" not in error.message


def test_plugin_object_that_cannot_be_pickled_reaches_forked_workers(make_handler, write):
    class Unpicklable:
        def __init__(self):
            self.lock = threading.Lock()

        @hookimpl
        def extract(self, document):
            with self.lock:
                return ()

    plugin = Unpicklable()
    with pytest.raises((AttributeError, TypeError)):
        pickle.dumps(plugin)

    summary = make_handler(plugin, executor="isolated").process_batch_from_paths(write(a="note"))

    assert summary.successful_documents == 1


def test_workers_write_to_the_log_file_of_the_coordinator(make_handler, faults, write, tmp_path):
    handler = make_handler(faults, executor="isolated")

    handler.process_batch_from_paths(write(a="note raise"))

    log = (tmp_path / "log.jsonl").read_text()
    assert '"plugin_failed"' in log
    assert "do_raise" in log  # the trace
    assert "123-45-6789" not in log


SCRIPT = """
import multiprocessing, sys
multiprocessing.set_start_method("spawn", force=True)
from loanbatch import BatchProcessingHandler, LoanbatchError, load_settings

def work():
    handler = BatchProcessingHandler(load_settings({"home": sys.argv[1]}))
    try:
        summary = handler.process_batch_from_bytes([{"file_name": "a", "file_data": b"no PDF"}])
    except LoanbatchError as error:
        print(type(error).__name__, error)
    else:
        print(*(result.error_code for result in summary.results))

"""


def run_script(tmp_path, ending):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT + ending)
    command = [sys.executable, str(script), str(tmp_path / "home")]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)


def test_script_that_spawned_workers_run_again_is_told_so_once(tmp_path):
    done = run_script(tmp_path, "work()\n")

    assert done.stdout.startswith("UsageError the workers cannot start")
    assert "if __name__ == '__main__'" in done.stdout
    assert 'executor="inline"' in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_guarded_script_has_its_documents_processed_in_spawned_workers(tmp_path):
    done = run_script(tmp_path, "if __name__ == '__main__':\n    work()\n")

    assert done.stdout == "unsupported_type\n"


@pytest.mark.parametrize(
    ("error", "advice"),
    [(TimeoutError(), "--timeout"), (MemoryError(), "--memory-limit")],
)
def test_limit_that_was_met_names_the_option_that_raises_it(make_settings, error, advice):
    assert advice in task_error(error, make_settings()).message


class Hungry:
    """Needs more memory than there is for one file."""

    @hookimpl
    def validate(self, source):
        if source.file_name == "big.txt":
            raise MemoryError
        bytearray(100_000_000)

    @hookimpl
    def read_pages(self, source):
        return [make_page("words")]


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_memory_that_ran_out_in_this_process_is_nothing_to_its_workers(make_settings):
    told = []
    for executor in ("inline", "isolated"):
        settings = make_settings(executor=executor, memory_limit_mb=2048)
        with BatchProcessingHandler(settings, plugins=[Hungry()]) as handler:
            items = [
                {"file_name": name, "file_data": name.encode()} for name in ("small.txt", "big.txt")
            ]
            summary = handler.process_batch_from_bytes(items)
            told.append([result.error_code for result in summary.results])

    inline, isolated = told
    assert inline == isolated
    assert inline == [None, "out_of_memory"]


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
def test_limit_on_memory_leaves_out_what_the_embedding_program_holds(make_settings):
    settings = make_settings(executor="isolated", memory_limit_mb=512)
    items = [{"file_name": "small.txt", "file_data": b"words"}]

    with (
        mmap.mmap(-1, 2**30),  # never touched: address space only
        BatchProcessingHandler(settings, plugins=[Hungry()]) as handler,
    ):
        summary = handler.process_batch_from_bytes(items)

    assert [result.error_code for result in summary.results] == [None]


class Deadly:
    """Kills the process that sends it, in the middle of that."""

    def __reduce__(self):
        os.kill(os.getpid(), signal.SIGKILL)
        return Deadly, ()


def results_of(executor, futures):
    """Wait as the runner does, and return what the tasks gave or raised."""
    deadline = time.monotonic() + 45
    while wait(futures, timeout=0.2).not_done:
        executor.mend()
        if time.monotonic() > deadline:
            pytest.fail("tasks are never done")
    return [future.exception() or future.result() for future in futures]


@pytest.mark.parametrize("workers", [1, 2])
def test_worker_that_dies_while_it_sends_its_result_costs_one_task(make_settings, workers):
    executor = IsolatedExecutor(make_settings(executor="isolated", workers=workers))
    before = executor.submit(len, "four")
    deadly = executor.submit(Deadly)
    after = [executor.submit(len, "four") for _ in range(4)]

    died, *sound = results_of(executor, [deadly, before, *after])

    executor.shutdown()
    assert sound == [4] * 5
    assert isinstance(task_error(died, make_settings()), WorkerCrashedError)


def leave_once(mark):
    """Leave the task to another worker, which gives a result."""
    if not mark.exists():
        mark.touch()
        os._exit(LEFT_TO_ANOTHER)
    return "done"


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked")
def test_worker_that_dies_before_it_is_known_to_work_is_not_mistaken(
    make_settings, tmp_path, monkeypatch
):
    """A busy coordinator hears that a worker is gone before that it took up a task."""
    from pebble.pool.process import PoolManager

    monkeypatch.setattr(PoolManager, "handle_worker_expiration", lambda *_: None)
    settings = make_settings(executor="isolated")
    executor = IsolatedExecutor(settings)

    left, died = results_of(
        executor,
        [
            executor.submit(leave_once, tmp_path / "left"),
            executor.submit(signal.raise_signal, signal.SIGKILL),
        ],
    )

    executor.shutdown()
    assert left == "done"
    assert "died of signal 9" in task_error(died, settings).message
