"""`./getj bench`, as bench/cpu.py, bench/gpu.py and bench/scaling.py run it."""

import json
import pathlib
import subprocess

GETJ = pathlib.Path(__file__).resolve().parent.parent / "getj"

# Images that pass before anything is timed, while Java compiles; a training step is three passes.
WARMUP_IMAGES = 160


def bench(work, name, batch, *options):
    """What it prints as JSON: median_ms, min_ms, max_ms, and GFLOP/s; and None, or None and what is wrong."""
    command = [GETJ, "bench", work, "--model", name, "--batch", batch, *options, "--json", "--quiet"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip()
    return json.loads(done.stdout), None


def times(work, name, batch, threads, runs, warmup=None):
    """Milliseconds of `runs` batches of sampling or training: median_ms, min_ms, max_ms, and GFLOP/s."""
    if warmup is None:
        warmup = max(10, -(-WARMUP_IMAGES // batch)) if work == "sample" else max(8, -(-WARMUP_IMAGES // (2 * batch)))
    took, problem = bench(work, name, batch, "--threads", threads, "--runs", runs, "--warmup", warmup)
    if problem:
        raise SystemExit(problem)
    return took
