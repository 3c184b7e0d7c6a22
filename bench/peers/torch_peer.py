# SPDX-License-Identifier: Apache-2.0
"""PyTorch, eagerly or (argument `compiled`) by torch.compile."""
import os
import sys

import torch

import work


def main():
    threads = int(os.environ["PEER_THREADS"])
    torch.set_num_threads(threads)
    compiled = "compiled" in sys.argv[1:]
    net = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64), torch.nn.ReLU(),
                              torch.nn.Linear(64, 10))
    with torch.no_grad():
        for layer in range(3):
            net[2 * layer].weight.copy_(torch.from_numpy(work.weight(layer)))
            net[2 * layer].bias.zero_()
    x = torch.from_numpy(work.pixels().reshape(work.ROWS, work.PIXELS))
    label = torch.from_numpy(work.labels())
    cross_entropy = torch.nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(net.parameters(), lr=work.LEARNING_RATE, momentum=work.MOMENTUM)

    def loss_of():
        return cross_entropy(net(x), label)

    def relu_axpy(a, b):
        return torch.relu(a * 2 + b)

    if compiled:
        loss_of, relu_axpy = torch.compile(loss_of), torch.compile(relu_axpy)

    def step():
        sgd.zero_grad()
        loss_of().backward()
        sgd.step()

    for _ in range(work.CHECKED_STEPS):
        step()
    with torch.no_grad():
        loss = cross_entropy(net(x), label).item()
    a, b = (torch.from_numpy(work.pixels(work.ELEMENTS)) for _ in range(2))
    left, right = x[:64].contiguous(), torch.from_numpy(work.weight(0))
    mlp = work.seconds(step)
    with torch.no_grad():
        work.report(f"PyTorch {torch.__version__.split('+')[0]}{', torch.compile' if compiled else ''}", loss, mlp,
                    work.seconds(lambda: relu_axpy(a, b)), None if compiled else work.seconds(lambda: left @ right.T))


if __name__ == "__main__":
    sys.exit(main())
