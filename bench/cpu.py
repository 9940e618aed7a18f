"""getj beside PyTorch on the processor, in one run: a table of medians and ratios, as markdown.

    python3 bench/cpu.py [--threads 2] [--model GET-T/2] [--sample 1,8] [--train 8] [--rounds 3]

Needs PyTorch. Both use the same number of threads and take turns, round by round; each turn starts
with steps that do not count. Times are medians (and the best) in ms, ratios getj's median over
PyTorch's: below 1, getj is faster.

The same network in float32, eager in PyTorch, with as many weights; a training step is the same
objective (L1 of all six iterates, decoded, with weights 0.8^(6-k)), its gradient, AdamW and the
average of the weights. What differs: when sampling, getj also draws noise and z0, measures each
iterate's residual and keeps the best iterate; PyTorch returns the last. Neither draws for training.
"""

import argparse
import sys
import time

import torch

import getj_bench
from get_torch import CHANNELS, PRESETS, SIZE, TOKENS, Get, objective

# the paper's average of weights
DECAY = 0.9999


def median(times):
    middle = sorted(times)
    return (middle[(len(middle) - 1) // 2] + middle[len(middle) // 2]) / 2


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
    model = Get(name, training=True)
    trained = [p for p in model.parameters() if p.requires_grad]
    weights = [p.detach() for p in trained]
    average = [p.clone() for p in weights]
    # fused: all of a weight's update in one pass, which is PyTorch's fastest
    optimizer = torch.optim.AdamW(trained, 1e-4, weight_decay=0, fused=True)
    noise, z = inputs(name, batch)
    target = torch.randn_like(noise)

    def step():
        loss = objective(model(noise, z), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        torch._foreach_lerp_(average, weights, 1 - DECAY)

    return step


def row(work, name, batch, asked):
    step = (torch_sampling if work == "sample" else torch_training)(name, batch)
    own, peer = [], []
    for turn in range(asked.rounds):
        print(f"{work} {name}, batch {batch}, round {turn + 1} of {asked.rounds}: getj", end="", file=sys.stderr, flush=True)
        own.append(getj_bench.times(work, name, batch, asked.threads, asked.runs, asked.warmup))
        print(f" {own[-1]['median_ms']:.0f} ms, PyTorch", end="", file=sys.stderr, flush=True)
        peer.append(timed(step, 2, asked.runs))
        print(f" {median(peer[-1]):.0f} ms", file=sys.stderr, flush=True)
    ours = median([turn["median_ms"] for turn in own])
    theirs = median(sum(peer, []))
    best = min(turn["min_ms"] for turn in own), min(map(min, peer))
    print(
        f"| {work} {name} | {batch} | {ours:.0f} ({best[0]:.0f}) | {theirs:.0f} ({best[1]:.0f}) | {ours / theirs:.2f} |",
        flush=True,
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--model", default="GET-T/2")
    options.add_argument("--sample", default="1,8", help="batches; empty for none")
    options.add_argument("--train", default="8", help="batches; empty for none")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--runs", type=int, default=7, help="of each in a round")
    options.add_argument("--warmup", type=int, help="runs of getj before, in a round; otherwise as many as Java needs")
    asked = options.parse_args()

    torch.set_num_threads(asked.threads)
    print(f"PyTorch {torch.__version__}, {asked.threads} threads each; median (best) in ms\n")
    print("| | batch | getj | PyTorch | ratio |\n|---|---|---|---|---|", flush=True)
    for work, batches in (("sample", asked.sample), ("train", asked.train)):
        for batch in filter(None, batches.split(",")):
            row(work, asked.model, int(batch), asked)


if __name__ == "__main__":
    main()
