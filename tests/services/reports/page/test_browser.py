"""Reports open in a real browser, offline, without a word on its console."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from backend.domain.spec import StrategySpec
from backend.services.reports.page import report_page
from tests.samples import aapl_bars, minute_bars
from tests.servers.chromium import Opened
from tests.services.reports.runs import simulated_run

Browser = Callable[..., Opened]

HOSTILE = StrategySpec(
    name="<script>document.title='hit'</script>\"'><img src=x onerror=alert(1)>\u202e",
    rationale="{{ 7 * 7 }} </style><script src='https://example.org/x.js'></script>",
    long_entry="close > sma(close, 20)",
    long_exit="close < sma(close, 20)",
)


@pytest.mark.slow
def test_a_report_is_quiet_and_its_script_runs(browser: Browser, tmp_path: Path) -> None:
    run = simulated_run(aapl_bars())
    file = tmp_path / "report.html"
    file.write_text(report_page(run), encoding="utf-8")
    opened = browser(file)
    assert opened.console == ()
    assert f"<title>Cross: AAPL, {run.start} to {run.end}</title>" in opened.dom


@pytest.mark.slow
def test_the_pointer_reads_values_off_the_curves(browser: Browser, tmp_path: Path) -> None:
    """A script of the test itself moves the pointer to the very left; without the policy it is let in."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", report_page(simulated_run(aapl_bars())))
    move = (
        "const box = document.querySelector('.field').getBoundingClientRect();"
        "document.querySelector('[data-stack]').dispatchEvent("
        "new PointerEvent('pointermove', {clientX: box.left, clientY: box.top}));"
    )
    file = tmp_path / "report.html"
    file.write_text(page.replace("</body>", f"<script>{move}</script></body>"), encoding="utf-8")
    opened = browser(file)
    assert opened.console == ()
    assert '<span class="at" data-value="time">2000-03-01</span>' in opened.dom
    assert 'visibility="visible"' in opened.dom


@pytest.mark.slow
def test_hostile_texts_do_nothing(browser: Browser, tmp_path: Path) -> None:
    run = simulated_run(minute_bars(date(2019, 3, 7), date(2019, 3, 8)), HOSTILE)
    file = tmp_path / "report.html"
    file.write_text(report_page(run), encoding="utf-8")
    opened = browser(file)
    assert opened.console == ()
    assert "<title>hit" not in opened.dom
    assert "<img" not in opened.dom
    assert "{{ 7 * 7 }} &lt;/style&gt;" in opened.dom


@pytest.mark.slow
def test_the_console_is_heard(browser: Browser, tmp_path: Path) -> None:
    """The tests above say something only if an error would be seen."""
    file = tmp_path / "loud.html"
    file.write_text("<!doctype html><title>loud</title><script>missing.part()</script>", encoding="utf-8")
    assert any("missing is not defined" in line for line in browser(file).console)
