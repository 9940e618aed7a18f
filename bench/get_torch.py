"""GET in PyTorch, as bench/gpu.py and bench/cpu.py time it: unconditional, float32, eager."""

import torch
import torch.nn as nn
import torch.nn.functional as F

SIZE, PATCH, CHANNELS, ITERATIONS = 32, 2, 3, 6
TOKENS = (SIZE // PATCH) ** 2
# width, heads, injection depth, MLP ratio of the equilibrium blocks
PRESETS = {
    "GET-T/2": (256, 4, 6, 6),
    "GET-S/2": (512, 8, 6, 8),
    "GET-B/2": (768, 12, 1, 12),
}


class Block(nn.Module):
    def __init__(self, width, heads, ratio):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, 1e-6)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, 1e-6)
        self.fc1 = nn.Linear(width, ratio * width)
        self.fc2 = nn.Linear(ratio * width, width)

    def forward(self, x, u=None):
        b, n, d = x.shape
        qkv = self.qkv(self.norm1(x))
        if u is not None:
            qkv = qkv + u
        q, k, v = qkv.view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, d)
        x = x + self.proj(attended)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Get(nn.Module):
    """GET for unconditional images; with training, every iterate is decoded."""

    def __init__(self, name, training=False):
        super().__init__()
        width, heads, depth, ratio = PRESETS[name]
        self.every = training
        self.embed = nn.Linear(CHANNELS * PATCH * PATCH, width)
        self.positions = nn.Parameter(0.1 * torch.randn(1, TOKENS, width), requires_grad=False)
        self.injection = nn.ModuleList(Block(width, heads, 4) for _ in range(depth))
        self.u = nn.Linear(width, 9 * width, bias=False)
        self.equilibrium = nn.ModuleList(Block(width, heads, ratio) for _ in range(3))
        self.norm = nn.LayerNorm(width, 1e-6)
        self.out = nn.Linear(width, PATCH * PATCH * CHANNELS)

    def decode(self, z):
        grid = SIZE // PATCH
        x = self.out(self.norm(z)).view(z.shape[0], grid, grid, PATCH, PATCH, CHANNELS)
        return x.permute(0, 5, 1, 3, 2, 4).reshape(z.shape[0], CHANNELS, SIZE, SIZE)

    def forward(self, noise, z):
        h = self.embed(F.unfold(noise, PATCH, stride=PATCH).transpose(1, 2)) + self.positions
        for block in self.injection:
            h = block(h)
        u = self.u(h).chunk(3, -1)
        images = []
        for _ in range(ITERATIONS):
            for block, injected in zip(self.equilibrium, u):
                z = block(z, injected)
            if self.every:
                images.append(self.decode(z))
        return images if self.every else self.decode(z)


def objective(images, target):
    """The paper's loss of all iterates, Σ 0.8^(5−k) · |image_k − target|."""
    losses = [(image - target).abs().mean() for image in images]
    return sum(0.8 ** (ITERATIONS - 1 - k) * loss for k, loss in enumerate(losses))
