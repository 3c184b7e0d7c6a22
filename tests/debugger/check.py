#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a program in gdb and compares what its printers show of Cleave's values."""

import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PRINTERS = os.path.join(HERE, os.pardir, os.pardir, "tools", "gdb", "cleave_printers.py")

EXPECTED = {
    "tensor": "Tensor f32[N2, C3] on Cpu<0> = [[0, 1, 2], [3.5, -4, 1e-09]]",
    "scalar": "Tensor f64[] on Cpu<0> = 0.25",
    "grows": "Tensor u8[N2, C2] on Cpu<0> = [[1, 2], [3, 255]]",
    "large": "Tensor i64[N300] on Cpu<0> = [0, 0, 0, 0, 0, ...]",
    "gone": "Tensor i32[C2] on Cpu<0>, moved from",
    "taken": "Tensor i32[C2] on Cpu<0> = [1, 2]",
    "view": "View f32[N2, C3] on Cpu<0> = [[0, 1, 2], [3.5, -4, 1e-09]]",
    "column": "View f32[N2, C1] on Cpu<0> with strides [3, 1] = [[1], [-4]]",
    "shape": "Shape[N=batch, C10]",
    "dims": "[N2, C3]",
    "node": "mul %0 %1 : f32[N4, C3]",
    "graph": "graph of 4 nodes and 1 results\n"
             "  %0 = input : f32[N4, C3] \"x\"\n"
             "  %1 = number 2.000000 : f32[]\n"
             "  %2 = mul %0 %1 : f32[N4, C3]\n"
             "  %3 = sum %2 : f32[]\n"
             "  output %3",
}
EXPECTED["all"] = EXPECTED["graph"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gdb", required=True)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True, help="folder that holds cleave/")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "program")
        subprocess.run([arguments.compiler, "-std=c++20", "-g", "-O0", "-w", "-DCLEAVE_HEADER_ONLY", "-I", arguments.include,
                        os.path.join(HERE, "program.cpp"), "-o", program], check=True)
        commands = [f"source {PRINTERS}", "set confirm off", "set print elements 200", "break stop_here", "run", "up"]
        for name in EXPECTED:
            if name == "large":
                commands.append("set print elements 5")
            commands += [f"echo @{name}\\n", f"output {name}", "echo \\n", "set print elements 200"]
        commands.append("kill")
        options = [option for command in commands for option in ("-ex", command)]
        done = subprocess.run([arguments.gdb, "-nx", "-batch", *options, program], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL, timeout=300)
    shown = dict(part.split("\n", 1) for part in done.stdout.split("@")[1:] if "\n" in part)
    failed = 0
    for name, text in EXPECTED.items():
        got = shown.get(name, "nothing").split("\n[Inferior")[0].strip()
        if got != text:
            failed += 1
            print(f"FAILED {name}: expected\n{text}\nbut gdb shows\n{got}")
    if not shown:
        print(done.stdout + done.stderr)
    print(f"debugger: {len(EXPECTED) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
