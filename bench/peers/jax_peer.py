# SPDX-License-Identifier: Apache-2.0
import sys

import jax
import jax.numpy as jnp

import work


def logits(parameters, x):
    for w, b in parameters[:-1]:
        x = jax.nn.relu(x @ w.T + b)
    w, b = parameters[-1]
    return x @ w.T + b


def loss_of(parameters, x, label):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits(parameters, x)), label[:, None], axis=1).mean()


def step(parameters, velocity, x, label):
    gradients = jax.grad(loss_of)(parameters, x, label)
    velocity = jax.tree.map(lambda v, g: work.MOMENTUM * v - work.LEARNING_RATE * g, velocity, gradients)
    return jax.tree.map(lambda p, v: p + v, parameters, velocity), velocity


def main():
    jitted = jax.jit(step, donate_argnums=(0, 1))
    parameters = [(jnp.asarray(work.weight(layer)), jnp.zeros(work.WIDTHS[layer + 1])) for layer in range(3)]
    velocity = jax.tree.map(jnp.zeros_like, parameters)
    x = jnp.asarray(work.pixels().reshape(work.ROWS, work.PIXELS))
    label = jnp.asarray(work.labels())
    state = [parameters, velocity]

    def run():
        state[:] = jitted(*state, x, label)
        jax.block_until_ready(state)

    for _ in range(work.CHECKED_STEPS):
        run()
    loss = loss_of(state[0], x, label)
    a, b = jnp.asarray(work.pixels(work.ELEMENTS)), jnp.asarray(work.pixels(work.ELEMENTS))
    left, right = x[:64], jnp.asarray(work.weight(0))
    relu_axpy = jax.jit(lambda p, q: jax.nn.relu(p * 2 + q))
    matmul = jax.jit(lambda p, q: p @ q.T)
    work.report(f"JAX {jax.__version__}", loss, work.seconds(run),
                work.seconds(lambda: relu_axpy(a, b).block_until_ready()),
                work.seconds(lambda: matmul(left, right).block_until_ready()))


if __name__ == "__main__":
    sys.exit(main())
