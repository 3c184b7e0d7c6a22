#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every kernel for 64-bit ARM, and runs a program of them in an emulator."""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\nexit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--emulator", required=True, help="qemu-aarch64")
    parser.add_argument("--system", default="/usr/aarch64-linux-gnu", help="where its libraries are")
    parser.add_argument("--include", required=True, help="folder that holds cleave/")
    parser.add_argument("kernels", nargs="+")
    arguments = parser.parse_args()
    compile_it = [arguments.compiler, "-std=c++20", *WARNINGS, "-I", arguments.include]
    failed = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        program = os.path.join(folder, "program")
        jobs = [pool.submit(run, *compile_it, "-O1", "-DCLEAVE_HEADER_ONLY", os.path.join(HERE, "aarch64.cpp"), "-o", program,
                            "-pthread")]
        for kernel in arguments.kernels:
            jobs.append(pool.submit(run, *compile_it, "-O1", "-DCLEAVE_ISA_UNIT", "-DCLEAVE_DISPATCHES", "-c", kernel, "-o",
                                    os.path.join(folder, f"{os.path.basename(kernel)}.o")))
        for job in jobs:
            try:
                print(job.result(), end="")
            except RuntimeError as error:
                failed += 1
                print(f"FAILED {error}")
        if failed == 0:
            try:
                print(run(arguments.emulator, "-L", arguments.system, program), end="")
            except RuntimeError as error:
                failed += 1
                print(f"FAILED {error}")
    print(f"aarch64: {len(arguments.kernels)} kernels compiled, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
