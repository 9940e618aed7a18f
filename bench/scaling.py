"""How getj's time falls with more threads: sampling and training, a table as markdown.

    python3 bench/scaling.py [--threads 1,2,4,8,16] [--model GET-T/2] [--sample 1,8] [--train 8]

Needs nothing but getj. Times are medians (and the best) in ms. The efficiency is the time of the
first number of threads over this one's, by what the threads are more.
"""

import argparse
import os
import sys
import time

import getj_bench


def main():
    cores = os.cpu_count()
    powers = ",".join(str(1 << i) for i in range(cores.bit_length()))
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--threads", default=powers, help=f"numbers of threads; default {powers}")
    options.add_argument("--model", default="GET-T/2")
    options.add_argument("--sample", default="1,8", help="batches; empty for none")
    options.add_argument("--train", default="8", help="batches; empty for none")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--warmup", type=int, help="runs before; otherwise as many as Java needs")
    asked = options.parse_args()

    threads = [int(count) for count in asked.threads.split(",")]
    print(f"{asked.model}, {cores} cores; median (best) in ms, efficiency, GFLOP/s\n")
    print("| | batch | " + " | ".join(f"{count} thread{'s' * (count > 1)}" for count in threads) + " |")
    print("|---" * (2 + len(threads)) + "|", flush=True)
    for work, batches in (("sample", asked.sample), ("train", asked.train)):
        for batch in map(int, filter(None, batches.split(","))):
            cells = []
            for count in threads:
                begin = time.monotonic()
                took = getj_bench.times(work, asked.model, batch, count, asked.runs, asked.warmup)
                if not cells:
                    one = took["median_ms"] * count
                efficiency = one / (took["median_ms"] * count)
                cells.append(
                    f"{took['median_ms']:.0f} ({took['min_ms']:.0f}), {efficiency:.0%}, {took['gflops']:.0f}"
                )
                seconds = time.monotonic() - begin
                print(f"{work}, batch {batch}, {count}: {cells[-1]} in {seconds:.0f} s", file=sys.stderr, flush=True)
            print(f"| {work} | {batch} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
