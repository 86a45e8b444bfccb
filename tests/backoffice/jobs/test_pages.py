"""A job is watched, cancelled and its result fetched by whoever started it, and by nobody else."""

from flask import Flask

from backoffice import clock
from backoffice.carrying import carry_out
from backoffice.jobs.models import JobState
from tests.factories import a_job, a_member, a_seller, stored_job
from tests.reader import Page


def test_progress_is_shown_and_asked_for_again_without_scripts(app: Flask, signed_in, counting) -> None:
    a_seller()
    rep = a_member()
    job = a_job(rep, to=10)
    reader = signed_in(rep)
    answer = reader.get(f"/jobs/{job}")
    assert answer.headers["Refresh"] == "2"
    assert Page(answer.text).headings == ["Compter jusqu’à 10"]
    assert "Refresh" not in reader.get(f"/jobs/{job}?live=").headers
    carry_out(job, clock.now(), stopping=lambda: True)
    fragment = reader.get(f"/jobs/{job}/progress").text
    assert '<progress id="progress" max="10" value="3">' in fragment
    assert "data-over" not in fragment
    carry_out(job, clock.now())
    assert "data-over" in reader.get(f"/jobs/{job}/progress").text
    done = reader.get(f"/jobs/{job}")
    assert "Refresh" not in done.headers
    assert f"/jobs/{job}/result" in Page(done.text).links


def test_the_result_is_a_file_to_be_saved(app: Flask, signed_in, counting) -> None:
    rep = a_member()
    job = a_job(rep, to=10)
    reader = signed_in(rep)
    assert reader.get(f"/jobs/{job}/result").status_code == 404
    carry_out(job, clock.now())
    answer = reader.get(f"/jobs/{job}/result")
    assert (answer.data, answer.mimetype) == (b"10\n", "text/plain")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_a_job_is_cancelled_once(app: Flask, signed_in, counting) -> None:
    a_seller()
    rep = a_member()
    job = a_job(rep, to=10)
    reader = signed_in(rep)
    assert reader.submit(f"/jobs/{job}", {}, "cancel").status_code == 303
    assert stored_job(job).state is JobState.CANCELLED
    assert "Annulé" in reader.page(f"/jobs/{job}").text
    other = a_job(rep, to=3)
    form = reader.page(f"/jobs/{other}").form("cancel")
    carry_out(other, clock.now())
    assert reader.post(form["action"], data=form["fields"]).status_code == 409
    assert stored_job(other).state is JobState.DONE


def test_a_failed_job_says_why(app: Flask, signed_in, counting) -> None:
    rep = a_member()
    job = a_job(rep, to=3, fails_at=0)
    counting.fails = 100
    carry_out(job, clock.now())
    assert "OSError" in signed_in(rep).page(f"/jobs/{job}").text


def test_somebody_elses_job_does_not_exist(app: Flask, signed_in, counting) -> None:
    rep = a_member()
    other = a_job(a_member(email="autre@atelier-duval.example"), to=3)
    carry_out(other, clock.now())
    reader = signed_in(rep)
    for address in (f"/jobs/{other}", f"/jobs/{other}/progress", f"/jobs/{other}/result"):
        assert reader.get(address).status_code == 404
    mine = a_job(rep, to=3)
    form = reader.page(f"/jobs/{mine}").form("cancel")
    assert reader.post(f"/jobs/{other}/cancel", data=form["fields"]).status_code == 404


def test_the_list_has_ones_own_jobs_page_by_page(app: Flask, signed_in, counting) -> None:
    a_seller()
    rep = a_member()
    a_job(a_member(email="autre@atelier-duval.example"), to=77)
    for number in range(1, 53):
        a_job(rep, to=number)
    reader = signed_in(rep)
    page = reader.page("/jobs")
    assert "Compter jusqu’à 52" in page.text
    assert "Compter jusqu’à 77" not in page.text
    assert "Compter jusqu’à 2 " not in page.text
    older = next(link for link in page.links if "before=" in link)
    assert "Compter jusqu’à 2 " in reader.page(older).text
