#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every block of C++ in the pages given, and runs those that run. page.py says how blocks are marked.

A page's story becomes one unit: its file-scope blocks, then main with its steps in order; refused blocks are compiled
one by one on top of the story so far. g++ compiles, links and runs; clang++ only looks (-fsyntax-only). Messages speak
of the page's own lines. Links into the tree must lead somewhere.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import threading

from page import Page, PageError

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
# A page shows a value's type by naming the value; it need not be used.
UNUSED = ["-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Wno-unused-local-typedefs"]
REFUSING = ["-Wall", "-Wextra", *UNUSED]
ERROR = re.compile(r"^[^\s|][^|]*?\berror:")  # a diagnostic's own line, not the source line quoted below it
MARK = "\x1e"  # printed between steps, to tell their outputs apart
SECONDS = 120  # for one compilation or run


def run(command):
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return 124, "", f"did not end within {SECONDS} s"
    return done.returncode, done.stdout, done.stderr


def squeezed(text):
    return "".join(text.split())


def neutral(text):
    """Without what changes from day to day: folders, and line numbers of headers."""
    text = text.replace("‘", "'").replace("’", "'")
    text = re.sub(r"[^\s'(]*/(cleave/[\w/]+\.hpp)", r"\1", text)
    text = re.sub(r"(\.hpp)(?::\d+)+", r"\1", text)
    return re.sub(r"^\s*\d+ \|", " |", text, flags=re.M)


def numbered(block):
    return [f'#line {block.line} "{block.page}"', *block.code]


class Story:
    """The blocks of one story, composed into units."""

    def __init__(self, blocks):
        self.blocks = blocks
        self.files = [b for b in blocks if b.kind == "file"]
        self.steps = [b for b in blocks if b.kind == "step"]
        self.accepted = [b for b in blocks if b.kind == "accepted" and b.place != "program"]
        self.refused = [b for b in blocks if b.kind == "refused"]

    def _compose(self, files, steps, last=None, marks=False):
        lines = []
        for block in files:
            lines += numbered(block)
        if last is not None and last.place == "file":
            lines += numbered(last)
        lines += ['#line 1 "story"', "#include <cstdio>", "int main() {"]
        for block in steps:
            if block.kind == "accepted":
                lines += ["{", *numbered(block), "}"]
            else:
                lines += numbered(block)
                if marks:
                    lines += ['std::fputs("\\x1e", stdout);']
        if last is not None and last.place == "step":
            lines += numbered(last)
        return "\n".join([*lines, "}", ""])

    def whole(self):
        """Everything that compiles: stories run whole, with accepted blocks at file scope in namespaces."""
        files = []
        for block in self.blocks:
            if block.kind == "file":
                files.append(block)
            elif block in self.accepted and block.place == "file":
                files.append(InNamespace(block))
        steps = [b for b in self.blocks if b.kind == "step" or (b in self.accepted and b.place == "step")]
        return self._compose(files, steps, marks=True)

    def refusal(self, block):
        if block.place == "program":
            return "\n".join(['#line 1 "program.cpp"', *block.code, ""])
        before = self.blocks[: self.blocks.index(block)]
        files = [b for b in self.files if b in before]
        steps = [b for b in self.steps if b in before] if block.place == "step" else []
        return self._compose(files, steps, last=block)


class InNamespace:
    """An accepted block at file scope, beside others that define the same names."""

    def __init__(self, block):
        self.page, self.line = block.page, block.line - 1
        self.code = [f"namespace accepted_{block.line} {{", *block.code, "}"]


class Checker:
    def __init__(self, arguments, folder):
        self.root = arguments.root
        self.folder = folder
        self.gcc, self.clang = arguments.gcc, arguments.clang
        self.common = ["-std=c++20", "-fdiagnostics-color=never"]
        for path in arguments.include:
            self.common += ["-I", path]
        self.flags, self.link = arguments.flag, arguments.link
        self.printed = []  # (page, text block, what was printed instead), for --update
        self.preludes = {}  # (compiler, includes): flags that use them precompiled
        self.lock = threading.Lock()

    def _source(self, name, text):
        path = os.path.join(self.folder, name + ".cpp")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def _prelude(self, compiler, story):
        """Flags that begin a unit with the story's includes, precompiled: most of a refusal's time is reading them."""
        includes = tuple(line for block in story.files for line in block.code if re.match(r"\s*#include <", line))
        with self.lock:
            if (compiler, includes) not in self.preludes:
                name = f"prelude_{len(self.preludes)}.hpp"
                header = os.path.join(self.folder, name)
                with open(header, "w", encoding="utf-8") as file:
                    file.write("\n".join([*includes, "#include <cstdio>", ""]))
                form, use = (["-Xclang", "-emit-pch"], "-include-pch") if compiler == self.clang else ([], "-include")
                made = header + (".pch" if compiler == self.clang else ".gch")
                status, _, _ = run([compiler, *self.common, *REFUSING, "-x", "c++-header", *form, header, "-o", made])
                self.preludes[compiler, includes] = [] if status != 0 else [
                    use, made if compiler == self.clang else header]
            return self.preludes[compiler, includes]

    # Each task returns a list of problems. --------------------------------------------------------------------------

    def look(self, where, name, text):
        """clang++ only looks."""
        path = self._source(name, text)
        status, out, err = run([self.clang, *self.common, *WARNINGS, *UNUSED, "-fsyntax-only", path])
        return [] if status == 0 and not err.strip() else [f"{where}: clang++ does not accept it\n{out}{err}"]

    def build(self, where, name, text):
        """Returns (program, problems)."""
        path = self._source(name, text)
        program = os.path.join(self.folder, name)
        command = [self.gcc, *self.common, *WARNINGS, *UNUSED, "-O0", *self.flags, path, "-o", program, *self.link]
        status, out, err = run(command)
        return (program, []) if status == 0 else (None, [f"{where}: g++ does not accept it\n{out}{err}"])

    def unit(self, block, name):
        text = "\n".join(numbered(block)) + "\n"
        problems = []
        if block.source is not None:
            problems += self._quoted(block)
        if self.gcc:
            path = self._source(name, text)
            status, out, err = run([self.gcc, *self.common, *WARNINGS, *UNUSED, "-O0", "-S", "-o", os.devnull, path])
            if status != 0:
                problems.append(f"{block.where}: g++ does not accept it\n{out}{err}")
        if self.clang:
            problems += self.look(block.where, name + "_clang", text)
        return problems

    def _quoted(self, block):
        path = os.path.join(self.root, block.source)
        if not os.path.exists(path):
            return [f"{block.where}: quotes {block.source}, which does not exist"]
        with open(path, encoding="utf-8") as file:
            lines = iter([line.strip() for line in file])
        for line in block.code:
            if line.strip() and line.strip() not in lines:
                return [f"{block.where}: {block.source} has no such line, or not at this place: {line.strip()}"]
        return []

    def program(self, block, name):
        text = "\n".join(numbered(block)) + "\n"
        problems = self.look(block.where, name + "_clang", text) if self.clang else []
        if self.gcc:
            program, found = self.build(block.where, name, text)
            problems += found
            if program:
                problems += self._run(program, [block], block.where)
        return problems

    def story(self, story, where, name):
        text = story.whole()
        problems = self.look(where, name + "_clang", text) if self.clang else []
        if self.gcc:
            program, found = self.build(where, name, text)
            problems += found
            if program:
                problems += self._run(program, story.steps, where, separated=True)
        return problems

    def output(self, text, page, name):
        """A text block that says what a program of the tree prints."""
        where = f"{page}:{text.line}"
        path = os.path.join(self.root, text.program)
        if not os.path.exists(path):
            return [f"{where}: {text.program} does not exist"]
        if not self.gcc:
            return []
        with open(path, encoding="utf-8") as file:
            program, problems = self.build(where, name, f'#line 1 "{text.program}"\n' + file.read())
        if program:
            status, out, err = run([program])
            problems += [f"{where}: {text.program} ended with status {status}\n{err}"] if status != 0 else []
            problems += self._compare(out, page, text, where)
        return problems

    def _compare(self, printed, page, text, where):
        problems = compare(printed, text.lines if text else [], where)
        if problems and text and "..." not in text.lines:
            self.printed.append((page, text, printed))
        return problems

    def _run(self, program, blocks, where, separated=False):
        status, out, err = run([program])
        parts = out.split(MARK) if separated else [out]
        problems = []
        if status != 0:
            problems.append(f"{where}: the program ended with status {status}\n{err}")
        for i, block in enumerate(blocks):
            part = parts[i] if i < len(parts) else ""
            if i >= len(parts) - (1 if separated else 0):
                problems.append(f"{block.where}: was not reached")
                break
            problems += self._compare(part, block.page, block.texts[0] if block.texts else None, block.where)
        return problems

    def refusal(self, story, block, family, name):
        compiler = self.gcc if family == "gcc" else self.clang
        path = self._source(name, story.refusal(block))
        prelude = [] if block.place == "program" else self._prelude(compiler, story)
        status, out, err = run([compiler, *self.common, *REFUSING, *prelude, "-fsyntax-only", path])
        output = out + err
        problem = problem_of_refusal(block, family, status, output)
        return [f"{block.where}: {os.path.basename(compiler)}: {problem}\n{output}"] if problem else []


def compare(printed, expected, where):
    """Lines equal but for trailing space; an expected line `...` stands for any lines."""
    have = [line.rstrip() for line in printed.rstrip().splitlines()]
    want = [line.rstrip() for line in "\n".join(expected).rstrip().splitlines()]
    if matches(have, want):
        return []
    shown = "\n".join(f"    {line}" for line in have)
    return [f"{where}: prints what the page does not say:\n{shown}\n  instead of\n" + "\n".join(f"    {x}" for x in want)]


def matches(have, want):
    if not want:
        return not have
    if want[0] == "...":
        return any(matches(have[i:], want[1:]) for i in range(len(have) + 1))
    return bool(have) and have[0] == want[0] and matches(have[1:], want[1:])


def problem_of_refusal(block, family, status, output):
    if status == 0:
        return "the block that must be refused compiles"
    lines = output.splitlines()
    errors = sum(bool(ERROR.match(line)) for line in lines)
    if errors != 1:
        return f"the refusal has {errors} errors, not 1"
    page = "program.cpp" if block.place == "program" else block.page
    first, last = (1, len(block.code)) if block.place == "program" else (block.line, block.end)
    named = re.findall(rf"(?<![\w.-]){re.escape(page)}:(\d+)", output)
    if not any(first <= int(number) <= last for number in named):
        return "the refusal names no line of the block"
    texts = [t for t in block.texts if t.family in (None, family)]
    if not block.texts:
        if not block.quoted:
            return "the page quotes no sentence for the refusal, below or in a block quote above"
        said = squeezed(output)  # `*:` stands for the name of the operation
        if not any(squeezed(sentence.removeprefix("*:")) in said for sentence in block.quoted):
            return "the refusal says none of the sentences that the page quotes: " + "; ".join(block.quoted)
        return None
    for text in texts:
        problem = missing_line(text, output)
        if problem:
            return problem
    return None


def missing_line(text, output):
    """The first line of a quoted message that the compiler did not say, in this order."""
    rest = squeezed(neutral(output))
    for line in text.lines:
        if line.strip() == "...":
            continue
        piece = squeezed(neutral(line))
        at = rest.find(piece)
        if at < 0:
            return f"the refusal does not say, or not at this place: {line.strip()}"
        rest = rest[at + len(piece):]
    return None


def update_pages(root, printed):
    """Writes what programs printed into the pages' text blocks."""
    for page in {page for page, _, _ in printed}:
        path = os.path.join(root, page)
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        for _, text, out in sorted([p for p in printed if p[0] == page], key=lambda p: -p[1].line):
            lines[text.line - 1:text.line - 1 + len(text.lines)] = [x.rstrip() for x in out.rstrip().splitlines()]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        print(f"updated {page}; read what has changed")


def anchor_of(heading):
    """As GitHub and mkdocs make them."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\- ]", "", heading.strip().lower()))


def broken_links(text, name, root):
    """Links to files of the tree, and to headings of its pages, that lead nowhere."""
    problems = []
    prose = re.sub(r"```.*?```|`[^`\n]*`", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    for match in re.finditer(r"\]\(([^)\s]+)\)", prose):
        target, _, anchor = match[1].partition("#")
        if re.match(r"\w+:", target):
            continue
        where = f"{name}:{prose.count(chr(10), 0, match.start()) + 1}"
        path = os.path.normpath(os.path.join(root, os.path.dirname(name), target)) if target else os.path.join(root, name)
        if not os.path.exists(path):
            problems.append(f"{where}: the link to {match[1]} leads nowhere")
        elif anchor and path.endswith(".md"):
            with open(path, encoding="utf-8") as file:
                headings = re.findall(r"^#+ (.*)$", file.read(), flags=re.M)
            if anchor not in [anchor_of(heading) for heading in headings]:
                problems.append(f"{where}: {target or name} has no heading for #{anchor}")
    return problems


def read_pages(paths, root):
    pages, problems = [], []
    for path in paths:
        name = os.path.relpath(path, root)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        try:
            pages.append(Page(name, text))
        except PageError as error:
            problems.append(str(error))
        problems += broken_links(text, name, root)
    return pages, problems


def tasks_of(page, checker):
    """Yields functions without arguments, each a part of the page's check."""
    base = re.sub(r"\W", "_", page.name)
    stories = {}
    for i, block in enumerate(page.blocks):
        name = f"{base}_{i}"
        if block.kind == "unit":
            yield lambda block=block, name=name: checker.unit(block, name)
        elif block.kind == "program":
            yield lambda block=block, name=name: checker.program(block, name)
        else:
            stories.setdefault(block.story, []).append(block)
    for number, blocks in stories.items():
        story, where, name = Story(blocks), blocks[0].where, f"{base}_story_{number}"
        if story.files or story.steps or story.accepted:
            yield lambda story=story, where=where, name=name: checker.story(story, where, name)
        for i, block in enumerate(story.refused):
            for family in [f for f in ("gcc", "clang") if getattr(checker, f)]:
                name = f"{base}_refused_{number}_{i}_{family}"
                yield lambda story=story, block=block, family=family, name=name: checker.refusal(
                    story, block, family, name)
    for i, text in enumerate(page.outputs):
        yield lambda text=text, name=f"{base}_output_{i}": checker.output(text, page.name, name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gcc", help="compiles, links and runs")
    parser.add_argument("--clang", help="only looks")
    parser.add_argument("--root", default=".", help="what pages and files are named from")
    parser.add_argument("--include", action="append", default=[], help="may be given more than once")
    parser.add_argument("--flag", action="append", default=[], help="for compiling and linking with g++")
    parser.add_argument("--link", action="append", default=[], help="libraries; may be given more than once")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--update", action="store_true", help="write what programs print into the pages")
    parser.add_argument("pages", nargs="*")
    arguments = parser.parse_args()
    if not arguments.pages or not (arguments.gcc or arguments.clang):
        print("docs: no pages, or no compiler, were given")
        return 1
    pages, problems = read_pages(arguments.pages, arguments.root)
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(arguments, folder)
        tasks = [task for page in pages for task in tasks_of(page, checker)]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for found in pool.map(lambda task: task(), tasks):
                problems += found
    for problem in problems:
        print(f"FAILED {problem}")
    if arguments.update:
        update_pages(arguments.root, checker.printed)
    blocks = sum(len(page.blocks) for page in pages)
    print(f"docs: {len(arguments.pages)} pages, {blocks} blocks of C++, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
