"""What a child process says of its work: one JSON line at the end of standard output."""

import json
import resource
import time


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mebibytes():
    """VmHWM, because ru_maxrss of a child begins at its parent's value on Linux."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def meter(work, whole_process=False):
    """Runs `work` once and prints its wall and CPU seconds, the peak of the process, and what it returned.

    `whole_process`: CPU seconds from the start of the process, imports included. What it returns are numbers, but for
    `flagged`: names of columns, which are printed apart.
    """
    started, before = time.perf_counter(), 0 if whole_process else cpu()
    said = work()
    reading = {"wall": time.perf_counter() - started, "cpu": cpu() - before, "peakMb": peak_mebibytes()}
    if "flagged" in said:
        reading["flagged"] = said.pop("flagged")
    print(json.dumps({**reading, "said": {name: float(value) for name, value in said.items()}}))
