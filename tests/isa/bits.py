#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kernels give the same bits on instruction sets that fuse multiplications and additions alike.

Runs the tests of kernels on each set, and compares the hashes of all results.
"""

import argparse
import os
import subprocess
import sys
import tempfile

SKIPPED = 77


def results(program, isa, path):
    """Returns the lines 'hash test' of one run, or None where the processor lacks the set."""
    done = subprocess.run([program, "[kernels]"], env={**os.environ, "CLEAVE_ISA": isa, "CLEAVE_TEST_BITS": path},
                          capture_output=True, text=True, check=False)
    if done.returncode == SKIPPED:
        print(f"isa_bits: {done.stdout}")
        return None
    if done.returncode != 0:
        raise RuntimeError(f"the tests failed on {isa}:\n{done.stdout}{done.stderr}")
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the tests")
    parser.add_argument("isas", nargs=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        both = [results(arguments.program, isa, os.path.join(folder, isa)) for isa in arguments.isas]
    if None in both:
        return SKIPPED
    one, other = both
    different = {}
    for a, b in zip(one, other):
        if a != b:
            name = a.partition(" ")[2]
            different[name] = different.get(name, 0) + 1
    for name, count in different.items():
        print(f"FAILED {count} results differ in: {name}")
    if len(one) != len(other) or not one:
        print(f"FAILED {len(one)} results came on {arguments.isas[0]}, {len(other)} on {arguments.isas[1]}")
        return 1
    print(f"isa_bits: {len(one)} results, {sum(different.values())} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
