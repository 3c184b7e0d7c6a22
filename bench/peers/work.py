# SPDX-License-Identifier: Apache-2.0
"""The work that every peer does; work.hpp says what it is, and the same for C++."""
import json
import time

import numpy as np

ROWS, PIXELS, ELEMENTS, CHECKED_STEPS = 128, 784, 1 << 20, 20
LEARNING_RATE, MOMENTUM = 0.05, 0.9
WIDTHS = (784, 128, 64, 10)


def noise(numbers):
    """Evenly spread over [-1, 1), the same for the same number on every machine."""
    bits = numbers.astype(np.uint32) * np.uint32(2654435761)
    bits ^= bits >> np.uint32(15)
    bits *= np.uint32(2246822519)
    bits ^= bits >> np.uint32(13)
    return bits / 2147483648 - 1


def pixels(count=ROWS * PIXELS):
    i = np.arange(count)
    return (noise(i) + 0.5 * (i % PIXELS % 10 == i // PIXELS % 10)).astype(np.float32)


def labels():
    return np.arange(ROWS) % 10


def weight(layer):
    shape = (WIDTHS[layer + 1], WIDTHS[layer])
    i = np.arange(shape[0] * shape[1]) + 1000003 * (layer + 1)
    return (0.1 * noise(i)).astype(np.float32).reshape(shape)


def seconds(work):
    """Seconds a call: of 15 blocks of at least 20 ms the fastest, which other work on the machine has disturbed least."""
    def block(calls):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        return time.perf_counter() - start
    calls = 1
    while block(calls) < 0.02:
        calls *= 2
    return min(block(calls) for _ in range(15)) / calls


def report(name, loss, mlp, elementwise, matmul):
    print(json.dumps({"peer": name, "loss": float(loss), "mlp": mlp, "elementwise": elementwise, "matmul": matmul}))
