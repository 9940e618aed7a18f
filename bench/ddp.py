"""A training step of GET in PyTorch, by one process or by several with DistributedDataParallel, in milliseconds.

    python3 bench/ddp.py MODEL BATCH fp32|tf32|bf16
    torchrun --nproc-per-node 2 bench/ddp.py MODEL BATCH fp32|tf32|bf16

BATCH is that of one GPU. The peer of `./getj train --device cuda --processes 2` (docs/performance.md).
"""

import os
import sys
import time

import torch
import torch.distributed as dist

from get_torch import CHANNELS, PRESETS, SIZE, TOKENS, Get, objective

WARM, STEPS = 4, 8


def main(name, batch, precision):
    rank, world = int(os.environ.get("LOCAL_RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    torch.cuda.set_device(rank)
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    model = Get(name, training=True).cuda()
    if world > 1:
        dist.init_process_group("nccl")
        model = torch.nn.parallel.DistributedDataParallel(model, device_ids=[rank])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    noise = torch.randn(batch, CHANNELS, SIZE, SIZE, device="cuda")
    start = torch.randn(batch, TOKENS, PRESETS[name][0], device="cuda")
    target = torch.tanh(noise)

    def steps(count):
        for _ in range(count):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bf16"):
                loss = objective(model(noise, start), target)
            loss.backward()
            optimizer.step()
        torch.cuda.synchronize()

    steps(WARM)
    begin = time.time()
    steps(STEPS)
    milliseconds = (time.time() - begin) / STEPS * 1e3
    if rank == 0:
        print(f"{name}, batch {batch} on each of {world} GPUs, {precision}: {milliseconds:.1f} ms a step")
    if world > 1:
        dist.destroy_process_group()


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
