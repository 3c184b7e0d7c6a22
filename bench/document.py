# SPDX-License-Identifier: Apache-2.0
"""What the measuring scripts share when they renew a table in the documentation."""
import datetime
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]


def machine():
    """Cores, caches and instruction sets in words; nothing that names the machine."""
    cpu = pathlib.Path("/proc/cpuinfo")
    flags = set(re.search(r"^flags\s*:(.*)$", cpu.read_text(), re.M)[1].split()) if cpu.exists() else set()
    simd = [name for flag, name in (("sse4_2", "SSE4.2"), ("avx2", "AVX2"), ("fma", "FMA"), ("avx512f", "AVX-512F"),
                                    ("avx512_bf16", "AVX-512 BF16")) if flag in flags]
    caches = []
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        if (index / "type").read_text().strip() != "Instruction":
            caches.append(f"L{(index / 'level').read_text().strip()} {(index / 'size').read_text().strip()}iB")
    load = os.getloadavg()[0]
    return (f"{os.cpu_count()} cores ({', '.join(simd) or 'no known SIMD flags'}), {', '.join(caches) or 'caches unknown'}; "
            f"load before the run {load:.1f}")


def today():
    return datetime.date.today().isoformat()


def markdown(header, rows, align_left=1):
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * align_left + "---:|" * (len(header) - align_left)]
    return lines + [f"| {' | '.join(str(cell).replace('<', '&lt;') for cell in row)} |" for row in rows]


def renew(page, part, lines):
    """Replaces what stands between the two markers of `part`."""
    path = ROOT / "docs/reference" / page
    begin, end = f"<!-- {part}: begin (written by the tool) -->", f"<!-- {part}: end -->"
    text = path.read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        raise SystemExit(f"{path.name}: expects one pair of markers for {part}")
    before, rest = text.split(begin)
    path.write_text("\n".join([before + begin, "", *lines, "", end]) + rest.split(end)[1])
