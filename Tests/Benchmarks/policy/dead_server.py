"""One of three servers is killed while pages are asked for."""

import os
import signal
import time
from pathlib import Path

from bench.wait import until

from . import traffic
from .gateway import Gateway
from .result import Bound, Result
from .traffic import Service

SETTINGS = {"as it comes": "", "retry": "retry: { attempts: 2 }"}
RATES = {1: 1_000, 5: 400}
BEFORE_SECONDS, AFTER_SECONDS = 3, 14  # more than the 10 s that a server is left out for: its return is in it


def measure(scratch: Path, _seconds: int) -> Result:
    """kill -9, so that nothing is said on connections but what the kernel says."""
    result = Result(
        "A dead server", "Three servers that answer in 5 ms, each a process; one is ended with SIGKILL while pages are "
        f"asked for by the clock, for {AFTER_SECONDS} s more, in which its ejection (10 s) ends and it is still dead.",
        ["page, upstream", "offered/s", "failed before", "failed in the first second", "failed later", "p99 ms",
         "calls made again", "state at the end", "load late p99 ms"])
    for calls, rate in RATES.items():
        for name, policies in SETTINGS.items():
            place = scratch / f"dead-{calls}-{name.split()[0]}"
            services = [Service(place / str(number), delay="5ms") for number in range(3)]
            gateway = Gateway(place / "gateway", [one.urls[0] for one in services], calls, policies)
            log = place / "load"
            seconds = BEFORE_SECONDS + AFTER_SECONDS
            process = traffic.start(gateway.url, rate, seconds, log)
            until(lambda: gateway.stats()["totals"]["requests"]["total"] >= rate * BEFORE_SECONDS,
                  seconds=2 * BEFORE_SECONDS, what="load before the death", process=process, log=log)
            killed = time.time_ns()
            os.kill(services[1].process.pid, signal.SIGKILL)
            seen = traffic.finish(process, seconds, log)
            upstream = gateway.stats()["upstreams"]["all"]
            gateway.stop()
            for service in services:
                service.stop()
            after = [(due - killed) / 1e9 for due, _ in seen.failed]
            # A page that was under way counts to the first second.
            before, later = sum(one < -0.1 for one in after), sum(one >= 1 for one in after)
            result.rows.append([
                f"{calls} call{'s' if calls > 1 else ''}, {name}", f"{rate:,}", str(before),
                str(len(after) - before - later), str(later), f"{seen.p99:.1f}",
                str(upstream["retries_total"]), upstream["servers"][1]["state"], f"{seen.lag_p99:.1f}"])
            result.bounds.append(Bound(
                f"dead server, {calls} calls, {name}: failed pages after the first second", later, "<=", 0))
    return result
