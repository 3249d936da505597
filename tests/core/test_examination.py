"""Looking at job records as they are, on either kind of database."""

import time

import pytest

from loanbatch.errors import NotFoundError
from loanbatch.jobstore import Examination, JobStore
from loanbatch.jobstore._tables import ProcessingJob
from loanbatch.results import JobStatus


@pytest.fixture
def examined(database_url):
    """Return an open store, and an examination of the same database."""
    store = JobStore(database_url)
    examination = Examination(database_url)
    yield store, examination
    examination.close()
    store.close()


def test_examination_tells_who_works_on_what(examined):
    store, examination = examined
    at_work, abandoned, waiting, finished = (store.create_job("print") for _ in range(4))
    store.interrupt(waiting)
    store.queue(finished, [])
    store.finish(finished, JobStatus.COMPLETED)
    expired = ProcessingJob.update(lease_until=time.time() - 1)
    this = ProcessingJob.job_id == abandoned
    store._records.write(lambda: expired.where(this).execute(store._database))

    health = examination.health()

    assert (health.at_work, health.abandoned, health.waiting) == (
        (at_work,),
        (abandoned,),
        (waiting,),
    )
    assert health.is_present
    assert health.damage == ""
    assert store.release_abandoned() == [abandoned]
    assert examination.health().abandoned == ()
    assert set(examination.health().waiting) == {waiting, abandoned}


def test_examination_knows_contents_and_where_they_came_from(
    make_handler, write, database_url, tmp_path
):
    paths = write(one="note 1", two="note 2", same="note 2", empty="")
    handler = make_handler(database=database_url)
    handler.process([str(path) for path in paths])
    results = handler.get_summary(handler.list_jobs()[0]["job_id"]).results
    by_name = {result.file_name: result.sha256 for result in results}

    examination = Examination(database_url)

    assert list(examination.contents()) == sorted({by_name["one.txt"], by_name["two.txt"]})
    locations = [location for location, _ in examination.sources_of(by_name["two.txt"])]
    assert sorted(locations) == sorted([str(tmp_path / "two.txt"), str(tmp_path / "same.txt")])
    assert all(
        str(tmp_path / "two.txt") in inputs
        for _, inputs in examination.sources_of(by_name["two.txt"])
    )
    assert examination.sources_of("0" * 64) == []
    examination.close()


def test_examination_makes_no_database(tmp_path):
    with pytest.raises(NotFoundError):
        Examination(f"sqlite:///{tmp_path / 'home' / 'loanbatch.db'}")

    assert list(tmp_path.iterdir()) == []
