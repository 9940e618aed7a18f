"""getj beside PyTorch on the processor, in one run: a table of medians and ratios, as markdown.

    python3 bench/cpu.py [--threads 2] [--model GET-T/2] [--sample 1,8] [--train 8] [--rounds 3]

Needs PyTorch. Both use the same number of threads and take turns, round by round; each turn starts
with steps that do not count. Ratios are getj's time over PyTorch's: below 1, getj is faster.
"""

import argparse
import json
import pathlib
import subprocess
import time

import torch

from get_torch import CHANNELS, PRESETS, SIZE, TOKENS, Get, objective

GETJ = pathlib.Path(__file__).resolve().parent.parent / "getj"


def median(times):
    return sorted(times)[len(times) // 2]


def timed(run, warmup, runs):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        run()
        times.append((time.perf_counter() - begin) * 1e3)
    return times


def inputs(name, batch):
    noise = torch.randn(batch, CHANNELS, SIZE, SIZE)
    return noise, torch.randn(batch, TOKENS, PRESETS[name][0])


def torch_sampling(name, batch):
    model = Get(name).eval()
    noise, z = inputs(name, batch)

    def run():
        with torch.inference_mode():
            return model(noise, z)

    return run


def torch_training(name, batch):
    """A step as getj's: the objective over all iterates, AdamW, and the average of the weights."""
    model = Get(name, training=True)
    trained = [p for p in model.parameters() if p.requires_grad]
    average = [p.detach().clone() for p in trained]
    optimizer = torch.optim.AdamW(trained, 1e-4, weight_decay=0)
    noise, z = inputs(name, batch)
    target = torch.randn_like(noise)

    def step():
        loss = objective(model(noise, z), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, [p.detach() for p in trained], 1e-4)

    return step


def getj(work, name, batch, threads, warmup, runs):
    command = [GETJ, "bench", work, "--model", name, "--batch", str(batch), "--threads", str(threads)]
    more = ["--warmup", str(warmup), "--runs", str(runs), "--json"]
    done = subprocess.run([*command, *more], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr.strip())
    return json.loads(done.stdout)["median_ms"]


def row(work, name, batch, asked):
    step = (torch_sampling if work == "sample" else torch_training)(name, batch)
    own, peer = [], []
    for _ in range(asked.rounds):
        # Java compiles while it warms up
        own.append(getj(work, name, batch, asked.threads, asked.warmup, asked.runs))
        peer += timed(step, 2, asked.runs)
    ratio = median(own) / median(peer)
    print(f"| {work} {name} | {batch} | {median(own):.0f} | {median(peer):.0f} | {ratio:.2f} |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--model", default="GET-T/2")
    options.add_argument("--sample", default="1,8", help="batches; empty for none")
    options.add_argument("--train", default="8", help="batches; empty for none")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--runs", type=int, default=7, help="of each in a round")
    options.add_argument("--warmup", type=int, default=10, help="runs of getj before, in a round")
    asked = options.parse_args()

    torch.set_num_threads(asked.threads)
    print(f"PyTorch {torch.__version__}, {asked.threads} threads each; ms, medians\n")
    print("| | batch | getj | PyTorch | ratio |\n|---|---|---|---|---|")
    for work, batches in (("sample", asked.sample), ("train", asked.train)):
        for batch in filter(None, batches.split(",")):
            row(work, asked.model, int(batch), asked)


if __name__ == "__main__":
    main()
