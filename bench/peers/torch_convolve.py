# SPDX-License-Identifier: Apache-2.0
"""PyTorch's convolutions (oneDNN's kernels) of the layers in bench/run/convolve.cpp: GFLOP/s of each, the best block of
calls."""
import os
import sys
import time

import torch

LAYERS = {  # name: batch, channels, results, groups, in, kernel, stride, pad
    "lenet_1x28x28_20x5x5": (64, 1, 20, 1, 28, 5, 1, 0),
    "lenet_20x12x12_50x5x5": (64, 20, 50, 1, 12, 5, 1, 0),
    "resnet_16x32x32_16x3x3": (64, 16, 16, 1, 32, 3, 1, 1),
    "resnet_32x16x16_32x3x3": (64, 32, 32, 1, 16, 3, 1, 1),
    "resnet_64x8x8_64x3x3": (64, 64, 64, 1, 8, 3, 1, 1),
    "resnet_16x32x32_32x3x3_s2": (64, 16, 32, 1, 32, 3, 2, 1),
    "pointwise_64x28x28_64": (16, 64, 64, 1, 28, 1, 1, 0),
    "pointwise_256x14x14_256": (16, 256, 256, 1, 14, 1, 1, 0),
    "depthwise_64x28x28_3x3": (16, 64, 64, 64, 28, 3, 1, 1),
}
BLOCKS = 15  # of which the fastest counts
SECONDS = 0.02  # a block


def rate(work, flops):
    work()
    start = time.process_time()
    calls = 0
    while time.process_time() - start < SECONDS:
        work()
        calls += 1
    best = float("inf")
    for _ in range(BLOCKS):
        start = time.process_time()
        for _ in range(calls):
            work()
        best = min(best, (time.process_time() - start) / calls)
    return flops / best / 1e9


def main():
    torch.set_num_threads(int(os.environ.get("PEER_THREADS", "1")))
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} thread(s), GFLOP/s")
    for name, (batch, channels, results, groups, size, kernel, stride, pad) in LAYERS.items():
        if len(sys.argv) > 1 and sys.argv[1] not in name:
            continue
        x = torch.rand(batch, channels, size, size) - 0.5
        w = torch.rand(results, channels // groups, kernel, kernel) - 0.5
        out = (size + 2 * pad - kernel) // stride + 1
        dy = torch.rand(batch, results, out, out) - 0.5
        flops = 2 * batch * results * (channels // groups) * kernel * kernel * out * out

        def gradient(of_x, of_w):
            return torch.ops.aten.convolution_backward(dy, x, w, None, [stride] * 2, [pad] * 2, [1, 1], False, [0, 0],
                                                       groups, [of_x, of_w, False])

        with torch.no_grad():
            rates = (rate(lambda: torch.conv2d(x, w, None, stride, pad, 1, groups), flops),
                     rate(lambda: gradient(True, False), flops), rate(lambda: gradient(False, True), flops))
        print(f"{name:30} forward {rates[0]:6.1f}  data_gradient {rates[1]:6.1f}  weight_gradient {rates[2]:6.1f}")


if __name__ == "__main__":
    sys.exit(main())
