"""getj beside PyTorch on one GPU, in one run: a table of medians and ratios, as markdown.

    python3 bench/gpu.py [--device cuda] [--models GET-T/2,GET-S/2,GET-B/2] [--batches 1,64,256]
                         [--train 128] [--compiled]

Needs PyTorch with CUDA, and getj with a TornadoVM SDK (docs/gpu.md). Ratios are getj's time over
PyTorch's: below 1, getj is faster. getj computes in float32, and samples with --precision mixed on
CUDA as well; PyTorch runs eagerly in float32, with TF32 tensor cores, and under bfloat16 autocast;
--compiled adds bfloat16 weights through torch.compile with CUDA graphs. PyTorch's float32 is held
against getj's, the rest against mixed where there is such a time.
"""

import argparse
import time

import torch

import getj_bench
from get_torch import CHANNELS, PRESETS, SIZE, TOKENS, Get, objective


def median_ms(run, seconds=1.0):
    for _ in range(3):
        run()
    times = []
    end = time.time() + seconds
    while len(times) < 5 or (time.time() < end and len(times) < 100):
        torch.cuda.synchronize()
        begin = time.perf_counter()
        run()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - begin) * 1e3)
    return sorted(times)[len(times) // 2]


def inputs(name, batch):
    noise = torch.randn(batch, CHANNELS, SIZE, SIZE, device="cuda")
    return noise, torch.randn(batch, TOKENS, PRESETS[name][0], device="cuda")


def torch_sampling(name, batch, compiled):
    model = Get(name).cuda().eval()
    noise, z = inputs(name, batch)

    def run(mode):
        torch.backends.cuda.matmul.allow_tf32 = mode != "fp32"
        with torch.no_grad(), torch.autocast("cuda", torch.bfloat16, enabled=mode == "bf16"):
            return model(noise, z)

    times = {mode: median_ms(lambda: run(mode)) for mode in ("fp32", "tf32", "bf16")}
    if compiled:
        fast = torch.compile(model.bfloat16(), mode="reduce-overhead")
        noise, z = noise.bfloat16(), z.bfloat16()

        def replay():
            with torch.no_grad():
                torch.compiler.cudagraph_mark_step_begin()
                return fast(noise, z)

        times["compiled"] = median_ms(replay)
    return times


def torch_training(name, batch):
    times = {}
    for mode in ("fp32", "tf32", "bf16"):
        torch.backends.cuda.matmul.allow_tf32 = mode != "fp32"
        model = Get(name, training=True).cuda()
        optimizer = torch.optim.AdamW(model.parameters(), 1e-4, weight_decay=0)
        noise, z = inputs(name, batch)
        target = torch.randn_like(noise)

        def step():
            with torch.autocast("cuda", torch.bfloat16, enabled=mode == "bf16"):
                loss = objective(model(noise, z), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        times[mode] = median_ms(step)
        del model, optimizer
        torch.cuda.empty_cache()
    return times


def getj(work, device, name, batch, *more):
    took, problem = getj_bench.bench(work, name, batch, "--device", device, *more)
    return (None, problem.splitlines()[-1]) if problem else (took["median_ms"], None)


def row(what, batch, own, mixed, times):
    """own and mixed: (milliseconds, None) or (None, why not)."""

    def peer(mode, ms):
        ours = own[0] if mode == "fp32" else mixed[0] or own[0]
        return f"{ms:.2f} ({ours / ms:.2f})" if ours else f"{ms:.2f}"

    ours = [f"{ms:.2f}" if ms else problem for ms, problem in (own, mixed)]
    cells = [what, str(batch), *ours, *(peer(mode, ms) for mode, ms in times.items())]
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--device", default="cuda")
    options.add_argument("--models", default=",".join(PRESETS))
    options.add_argument("--batches", default="1,64,256", help="empty for none")
    options.add_argument("--train", type=int, default=128, help="batch of training; 0 for none")
    options.add_argument("--compiled", action="store_true")
    asked = options.parse_args()
    modes = ["fp32", "tf32", "bf16"] + (["compiled bf16"] if asked.compiled else [])
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, getj on {asked.device}; ms (ratio)\n")
    print("| | batch | getj fp32 | getj mixed | " + " | ".join("PyTorch " + mode for mode in modes) + " |")
    print("|---" * (4 + len(modes)) + "|")
    for name in asked.models.split(","):
        for batch in map(int, filter(None, asked.batches.split(","))):
            # Java compiles what starts a launch meanwhile, which counts where launches are short
            often = ["--warmup", "200", "--runs", "100"] if batch < 8 else []
            own = getj("sample", asked.device, name, batch, *often)
            mixed = getj("sample", asked.device, name, batch, "--precision", "mixed", *often)
            row("sample " + name, batch, own, mixed, torch_sampling(name, batch, asked.compiled))
            torch.cuda.empty_cache()
        if asked.train:
            # PyTorch keeps all activations, which take 60 GB for the largest
            how = ["--recompute"] if name == "GET-B/2" else []
            more = [*how, "--runs", "5", "--warmup", "2"]
            own = getj("train", asked.device, name, asked.train, *more)
            mixed = getj("train", asked.device, name, asked.train, "--precision", "mixed", *more)
            what = " ".join(["train", name, *how])
            row(what, asked.train, own, mixed, torch_training(name, asked.train))
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
