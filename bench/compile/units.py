# SPDX-License-Identifier: Apache-2.0
"""What is compiled, how, and what is read off: seconds, memory, sizes, counts."""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEP = ROOT / "bench/compile/step.cpp"
FLAGS = ["-std=c++20", f"-I{ROOT / 'include'}"]

Net = collections.namedtuple("Net", "name hidden skips nodes rows")
NETS = [
    Net("28-node step", 2, 0, 28, 1),
    Net("28-node step, 2 row counts", 2, 0, 28, 2),
    Net("28-node step, 4 row counts", 2, 0, 28, 4),
    Net("200-node step", 20, 5, 200, 1),
    Net("400-node step", 42, 6, 400, 1),
    Net("400-node step, residual", 36, 33, 400, 1),
    Net("1000-node step", 110, 0, 1000, 1),
]
SMALLEST = NETS[0]


def definitions(net):
    return [f"-DCLEAVE_BENCH_HIDDEN={net.hidden}", f"-DCLEAVE_BENCH_SKIPS={net.skips}",
            f"-DCLEAVE_BENCH_NODES={net.nodes}", f"-DCLEAVE_BENCH_ROWS={net.rows}"]


def umbrellas():
    """The headers that users include: those directly in include/cleave."""
    return sorted(path.name for path in (ROOT / "include/cleave").glob("*.hpp"))


def version(compiler):
    """Such as "12.2"; None where it is not installed."""
    if not shutil.which(compiler):
        return None
    text = subprocess.run([compiler, "--version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"(?:version|release) (\d+\.\d+)|\) (\d+\.\d+)", text)
    return (found[1] or found[2]) if found else "unknown"


def run(command):
    """CPU seconds and the largest resident memory, in MB, of the compiler and all that it starts. CPU time, because
    it depends least on what else the machine does."""
    quiet = subprocess.Popen(command, env={**os.environ, "CCACHE_DISABLE": "1"})
    _, status, usage = os.wait4(quiet.pid, 0)
    quiet.returncode = os.waitstatus_to_exitcode(status)
    if quiet.returncode != 0:
        raise SystemExit(f"measure: this does not compile: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def lone_include(folder, header):
    unit = pathlib.Path(folder) / f"include_{re.sub('[^a-z]', '_', header)}.cpp"
    unit.write_text(f"#include <{header}>\n")
    return str(unit)


def preprocessed_lines(gcc, folder, header):
    unit = lone_include(folder, header)
    text = subprocess.run([gcc, *FLAGS, "-E", "-P", unit], check=True, capture_output=True, text=True).stdout
    return text.count("\n")


def trace(clang, folder, net):
    """Clang's own record of compiling a net, every event of it."""
    record = pathlib.Path(folder) / "trace.json"
    run([clang, *FLAGS, "-O0", *definitions(net), "-c", str(STEP), "-o", f"{folder}/trace.o",
         f"-ftime-trace={record}", "-ftime-trace-granularity=0"])
    return json.loads(record.read_text())["traceEvents"]


def instantiations(events):
    return sum(event["name"] in ("InstantiateClass", "InstantiateFunction") for event in events)


def object_of(gcc, folder, net):
    """Bytes of the object file, and characters of its longest symbol."""
    unit = f"{folder}/unit.o"
    run([gcc, *FLAGS, "-O2", *definitions(net), "-c", str(STEP), "-o", unit])
    symbols = subprocess.run(["nm", unit], check=True, capture_output=True, text=True).stdout
    return os.path.getsize(unit), max(len(line.split()[-1]) for line in symbols.splitlines())
