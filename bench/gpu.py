"""getj beside PyTorch on one GPU, in one run: a table of medians and ratios, as markdown.

    python3 bench/gpu.py [--device cuda] [--models GET-T/2,GET-S/2,GET-B/2] [--batches 1,64,256]
                         [--train 128] [--keep] [--compiled] [--products java,cublas] [--tf32]
                         [--no-fp32] [--modes fp32,tf32,bf16]

Needs PyTorch with CUDA, and getj with a TornadoVM SDK (docs/gpu.md). Ratios are getj's time over
PyTorch's: below 1, getj is faster. getj computes in float32, and with --precision mixed, by its own
kernels and with --products cublas, and with --tf32 in tf32, too; --products java leaves cuBLASLt out,
--no-fp32 getj's float32 and --modes some of PyTorch's. Training of GET-B/2 recomputes activations, and
keeps them with --keep, as PyTorch does. PyTorch runs eagerly in float32, with TF32 tensor cores, and under bfloat16 autocast;
--compiled adds bfloat16 weights through torch.compile with CUDA graphs. PyTorch's float32 is held
against getj's, TF32 against getj's where that is measured, the rest against the last mixed one that
there is.
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


def torch_sampling(name, batch, modes, compiled):
    model = Get(name).cuda().eval()
    noise, z = inputs(name, batch)

    def run(mode):
        torch.backends.cuda.matmul.allow_tf32 = mode != "fp32"
        with torch.no_grad(), torch.autocast("cuda", torch.bfloat16, enabled=mode == "bf16"):
            return model(noise, z)

    times = {mode: median_ms(lambda: run(mode)) for mode in modes}
    if compiled:
        fast = torch.compile(model.bfloat16(), mode="reduce-overhead")
        noise, z = noise.bfloat16(), z.bfloat16()

        def replay():
            with torch.no_grad():
                torch.compiler.cudagraph_mark_step_begin()
                return fast(noise, z)

        times["compiled"] = median_ms(replay)
    return times


def torch_training(name, batch, modes):
    times = {}
    for mode in modes:
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


def row(what, batch, own, times):
    """own: what getj took, or why not, by column: (milliseconds, None) or (None, problem)."""

    def ours(mode):
        wanted = {"fp32": ["fp32"], "tf32": ["tf32", "mixed, cuBLAS", "mixed"]}
        for column in wanted.get(mode, ["mixed, cuBLAS", "mixed"]) + ["fp32"]:
            if own.get(column, (None, None))[0]:
                return own[column][0]
        return None

    def peer(mode, ms):
        return f"{ms:.2f} ({ours(mode) / ms:.2f})" if ours(mode) else f"{ms:.2f}"

    taken = [f"{ms:.2f}" if ms else problem for ms, problem in own.values()]
    cells = [what, str(batch), *taken, *(peer(mode, ms) for mode, ms in times.items())]
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--device", default="cuda")
    options.add_argument("--models", default=",".join(PRESETS))
    options.add_argument("--batches", default="1,64,256", help="empty for none")
    options.add_argument("--train", type=int, default=128, help="batch of training; 0 for none")
    options.add_argument("--compiled", action="store_true")
    options.add_argument("--products", default="java,cublas", help="of mixed precision")
    options.add_argument("--tf32", action="store_true", help="a column for getj's")
    options.add_argument("--no-fp32", action="store_true", help="no column for getj's")
    options.add_argument("--keep", action="store_true", help="keep all activations in training")
    options.add_argument("--modes", default="fp32,tf32,bf16", help="of PyTorch")
    asked = options.parse_args()
    columns = {} if asked.no_fp32 else {"fp32": ["--precision", "float32"]}
    if asked.tf32:
        columns["tf32"] = ["--precision", "tf32"]
    if "java" in asked.products:
        columns["mixed"] = ["--precision", "mixed"]
    if "cublas" in asked.products:
        columns["mixed, cuBLAS"] = ["--precision", "mixed", "--products", "cublas"]
    modes = asked.modes.split(",")
    shown = modes + (["compiled bf16"] if asked.compiled else [])
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, getj on {asked.device}; ms (ratio)\n")
    names = ["getj " + name for name in columns] + ["PyTorch " + mode for mode in shown]
    print("| | batch | " + " | ".join(names) + " |")
    print("|---" * (2 + len(names)) + "|")
    for name in asked.models.split(","):
        for batch in map(int, filter(None, asked.batches.split(","))):
            # Java compiles what starts a launch meanwhile, which counts where launches are short
            often = ["--warmup", "200", "--runs", "100"] if batch < 8 else []
            own = {
                column: getj("sample", asked.device, name, batch, *how, *often)
                for column, how in columns.items()
            }
            row("sample " + name, batch, own, torch_sampling(name, batch, modes, asked.compiled))
            torch.cuda.empty_cache()
        if asked.train:
            # PyTorch keeps all activations, which take 60 GB for the largest
            how = ["--recompute"] if name == "GET-B/2" and not asked.keep else []
            more = [*how, "--runs", "5", "--warmup", "2"]
            own = {
                column: getj("train", asked.device, name, asked.train, *flags, *more)
                for column, flags in columns.items()
            }
            what = " ".join(["train", name, *how])
            row(what, asked.train, own, torch_training(name, asked.train, modes))
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
