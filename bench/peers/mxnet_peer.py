# SPDX-License-Identifier: Apache-2.0
"""MXNet's Gluon, hybridized. Needs NumPy before 1.24, hence an environment of its own."""
import sys

import mxnet as mx
from mxnet import autograd, gluon

import work


def main():
    net = gluon.nn.HybridSequential()
    for layer, activation in enumerate(("relu", "relu", None)):
        net.add(gluon.nn.Dense(work.WIDTHS[layer + 1], activation=activation, in_units=work.WIDTHS[layer]))
    net.initialize()
    for layer in range(3):
        net[layer].weight.set_data(mx.nd.array(work.weight(layer)))
        net[layer].bias.set_data(mx.nd.zeros(work.WIDTHS[layer + 1]))
    net.hybridize(static_alloc=True, static_shape=True)
    cross_entropy = gluon.loss.SoftmaxCrossEntropyLoss()
    cross_entropy.hybridize(static_alloc=True, static_shape=True)
    trainer = gluon.Trainer(net.collect_params(), "sgd",
                            {"learning_rate": work.LEARNING_RATE, "momentum": work.MOMENTUM}, kvstore=None)
    x = mx.nd.array(work.pixels().reshape(work.ROWS, work.PIXELS))
    label = mx.nd.array(work.labels())

    def step():
        with autograd.record():
            loss = cross_entropy(net(x), label)
        loss.backward()
        trainer.step(work.ROWS)
        mx.nd.waitall()

    for _ in range(work.CHECKED_STEPS):
        step()
    loss = cross_entropy(net(x), label).mean().asscalar()
    a, b = mx.nd.array(work.pixels(work.ELEMENTS)), mx.nd.array(work.pixels(work.ELEMENTS))
    left, right = mx.nd.array(x[:64].asnumpy()), mx.nd.array(work.weight(0))
    work.report(f"MXNet {mx.__version__}", loss, work.seconds(step),
                work.seconds(lambda: mx.nd.relu(a * 2 + b).wait_to_read()),
                work.seconds(lambda: mx.nd.dot(left, right, transpose_b=True).wait_to_read()))


if __name__ == "__main__":
    sys.exit(main())
