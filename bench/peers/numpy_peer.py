# SPDX-License-Identifier: Apache-2.0
import sys

import numpy as np

import work


class Mlp:
    def __init__(self):
        self.w = [work.weight(layer) for layer in range(3)]
        self.b = [np.zeros(width, np.float32) for width in work.WIDTHS[1:]]
        self.velocity = [np.zeros_like(p) for p in self.w + self.b]

    def forward(self, x):
        h1 = np.maximum(x @ self.w[0].T + self.b[0], 0)
        h2 = np.maximum(h1 @ self.w[1].T + self.b[1], 0)
        z = h2 @ self.w[2].T + self.b[2]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return h1, h2, e / e.sum(axis=1, keepdims=True)

    def step(self, x, one_hot):
        h1, h2, p = self.forward(x)
        d3 = (p - one_hot) * np.float32(1 / work.ROWS)
        d2 = (d3 @ self.w[2]) * (h2 > 0)
        d1 = (d2 @ self.w[1]) * (h1 > 0)
        gradients = [d1.T @ x, d2.T @ h1, d3.T @ h2, d1.sum(axis=0), d2.sum(axis=0), d3.sum(axis=0)]
        for p, v, g in zip(self.w + self.b, self.velocity, gradients):
            v *= np.float32(work.MOMENTUM)
            v -= np.float32(work.LEARNING_RATE) * g
            p += v


def main():
    x = work.pixels().reshape(work.ROWS, work.PIXELS)
    one_hot = np.eye(10, dtype=np.float32)[work.labels()]
    net = Mlp()
    for _ in range(work.CHECKED_STEPS):
        net.step(x, one_hot)
    loss = -np.log(net.forward(x)[2][np.arange(work.ROWS), work.labels()]).mean()
    a, b = work.pixels(work.ELEMENTS), work.pixels(work.ELEMENTS)
    left, right = x[:64], work.weight(0)
    work.report(f"NumPy {np.__version__}", loss, work.seconds(lambda: net.step(x, one_hot)),
                work.seconds(lambda: np.maximum(a * np.float32(2) + b, 0)), work.seconds(lambda: left @ right.T))


if __name__ == "__main__":
    sys.exit(main())
