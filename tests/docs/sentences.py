#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the sentences that the library can say with docs/reference/errors/.

Sentences are the texts of every static_assert and every detail::fail or Error in include/ and kernels/. Headers are read
as g++ sees them, macros expanded, because refusals are written with macros; what printf fills in is written as `…`.
In the pages every `###` heading is a rule, with its sentences in a block quote: one, or a list; a sentence that begins
with `*:` is said by several operations, each with its name in place of the star. Sentences that come while compiling
need a refused and an accepted block below the heading; `<!-- no example: WHY -->` says why there is none.
Prints what is missing, ready to be filled in.
"""

import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

from page import sentences_of_quote

PAGES = "docs/reference/errors"
LITERAL = r'"(?:[^"\\\n]|\\.)*"'
PIECES = re.compile(rf"(?:{LITERAL}\s*)+")
ONE_PIECE = re.compile(LITERAL)
CALL = re.compile(r"\b(static_assert|fail|Error)\s*\(")
MARKER = re.compile(r'# (\d+) "([^"]*)"')  # of the preprocessor: what follows is this line of that file
OPTIONAL = re.compile(r"/interop/eigen\.hpp$|/train/parameter_map\.hpp$|/(device/cuda|group/nccl|group/mpi)[^/]*\.hpp$")


def without_comments(text):
    """Comments become spaces, lines stay lines."""
    def blank(match):
        return match[0] if match[0].startswith('"') else re.sub(r"[^\n]", " ", match[0])
    return re.sub(rf"{LITERAL}|//[^\n]*|/\*.*?\*/", blank, text, flags=re.S)


def arguments_of(text, at):
    """What stands between the parenthesis at `at` and its end."""
    depth, i = 0, at
    while i < len(text):
        string = re.compile(LITERAL).match(text, i)
        if string:
            i = string.end()
            continue
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return text[at + 1:i]
        i += 1
    return text[at + 1:]


def normal(sentence):
    """One spelling for a sentence: escapes resolved, what printf fills in as `…`."""
    sentence = sentence.replace('\\"', '"').replace("\\n", " ")
    sentence = re.sub(r"%[-+ #0]*\d*(?:\.\d+)?(?:hh|ll|[hlztj])?[diouxXeEfgGcsp]", "…", sentence)
    return " ".join(sentence.replace("%%", "%").split())


class Sentence:
    def __init__(self, text, where, while_compiling):
        self.text, self.where, self.while_compiling = text, where, while_compiling


class Source:
    """A file's code and where it comes from."""

    def __init__(self, name, text, lines=None):
        self.name, self.text, self.lines = name, text, lines

    def where(self, at):
        line = self.text.count("\n", 0, at)
        return f"{self.name}:{self.lines[line] if self.lines else line + 1}"


def expanded(root, compiler):
    """The headers below include/, as the compiler reads them. Those of optional parts are left as they are written."""
    include = os.path.join(root, "include")
    headers = sorted(glob.glob(os.path.join(include, "**", "*.hpp"), recursive=True))
    lone = [path for path in headers if OPTIONAL.search(path)]
    unit = "".join(f'#include "{path}"\n' for path in headers if path not in lone)
    command = [compiler, "-std=c++20", "-E", "-I", include, "-x", "c++", "-"]
    done = subprocess.run(command, input=unit, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"sentences: the headers cannot be read by {compiler}\n{done.stderr}")
    parts = {}
    file, number = "", 0
    for line in done.stdout.splitlines():
        marker = MARKER.match(line)
        if marker:
            number, file = int(marker[1]), marker[2]
            continue
        if file.startswith(include):
            texts, lines = parts.setdefault(file, ([], []))
            texts.append(line)
            lines.append(number)
        number += 1
    sources = [Source(os.path.relpath(path, root), "\n".join(texts), lines) for path, (texts, lines) in parts.items()]
    return sources + [as_written(root, path) for path in lone]


def as_written(root, path):
    with open(path, encoding="utf-8") as file:
        return Source(os.path.relpath(path, root), without_comments(file.read()))


def read_sources(root, compiler):
    kernels = [path for path in sorted(glob.glob(os.path.join(root, "kernels", "**", "*"), recursive=True))
               if path.endswith((".hpp", ".cpp", ".cu", ".cuh"))]
    return expanded(root, compiler) + [as_written(root, path) for path in kernels]


def sentences_of(sources):
    """Returns (sentences, problems)."""
    found, problems = [], []
    for source in sources:
        for match in CALL.finditer(source.text):
            where = source.where(match.start())
            inside = arguments_of(source.text, match.end() - 1)
            if match[1] == "static_assert":
                pieces = re.search(rf",\s*({PIECES.pattern})\s*$", inside)  # the others say nothing
            else:
                pieces = re.match(rf"\s*({PIECES.pattern})", inside)
                declares = re.match(r"\s*const char|\s*$", inside)
                if match[1] == "fail" and not pieces and not declares:
                    problems.append(f"{where}: the sentence of this fail is no literal")
            if pieces:
                text = normal("".join(piece[1:-1] for piece in ONE_PIECE.findall(pieces[1])))
                found.append(Sentence(text, where, match[1] == "static_assert"))
    return found, problems


class Heading:
    def __init__(self, title, page, line):
        self.title, self.page, self.line = title, page, line
        self.sentences = []  # (text, line)
        self.refused = self.accepted = self.excused = False


def headings_of(text, page="p"):
    """The rules of a page."""
    headings, quote, in_fence = [], [], False
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.lstrip().startswith("```"):
            in_fence = not in_fence
        if in_fence:
            continue
        if line.startswith(">"):
            quote.append(line)
            continue
        if quote and headings:
            headings[-1].sentences += [(normal(s), number - len(quote)) for s in sentences_of_quote(quote)]
        quote = []
        if line.startswith("### "):
            headings.append(Heading(line[4:].strip(), page, number))
        elif headings:
            headings[-1].refused |= bool(re.match(r"<!-- refused", line))
            headings[-1].accepted |= bool(re.match(r"<!-- (accepted|step|file|program)\b", line))
            headings[-1].excused |= bool(re.match(r"<!-- no example: \S", line))
    return headings


def without_operation(text):
    """The sentence as the page lists it where several operations say it."""
    operation, colon, rest = text.partition(": ")
    return f"*: {rest}" if colon and operation != "…" else text


def compare(found, headings):
    problems = []
    said = {}
    for sentence in found:
        said.setdefault(sentence.text, []).append(sentence)
    shared = {}  # by their spelling with a star
    for text in said:
        shared.setdefault(without_operation(text), []).append(text)
    covered = {}
    for heading in headings:
        if not heading.sentences:
            problems.append(f"{heading.page}:{heading.line}: the heading `{heading.title}` quotes no sentence")
        compiles = False
        for listed, line in heading.sentences:
            texts = shared.get(listed, []) if listed.startswith("*: ") else [listed] if listed in said else []
            if not texts:
                problems.append(f"{heading.page}:{line}: no code says this any more: {listed}")
            for text in texts:
                if text in covered:
                    problems.append(f"{heading.page}:{line}: is listed twice: {text}")
                covered[text] = heading
                compiles |= any(sentence.while_compiling for sentence in said[text])
        if compiles and not heading.excused and not (heading.refused and heading.accepted):
            problems.append(f"{heading.page}:{heading.line}: `{heading.title}` needs a refused and an accepted block, or "
                            "`<!-- no example: WHY -->`")
    missing = [text for text in said if text not in covered]
    if missing:
        problems.append(f"{PAGES} lacks {len(missing)} sentences; give each a heading, or a line under one that fits:")
    for text in missing:
        left, right = ("`` ", " ``") if "`" in text else ("`", "`")
        places = ", ".join(sentence.where for sentence in said[text])
        problems.append(f"\n### TITLE <!-- {places} -->\n\n> {left}{text}{right}")
    return problems


def self_test(compiler):
    """Each kind of sentence is found, and each kind of fault in the page is reported."""
    files = {
        "include/cleave/a.hpp":
            "#pragma once\n"
            '#define CLEAVE_IS_ODD "is odd; " \\\n  "round it"\n'
            "#define CLEAVE_EXPECTS(sentence, ...) static_assert(__VA_ARGS__, sentence)\n"
            '#define CLEAVE_RULES(RULE, op) RULE(op ": the value " CLEAVE_IS_ODD, f<1, 2>())\n',
        "include/cleave/b.hpp":
            '#include "a.hpp"\n// static_assert(true, "not this");\n'
            "CLEAVE_RULES(CLEAVE_EXPECTS, \"x\")\n"
            'static_assert(f<1, 2>(")"), "y: says \\"so\\", "\n "twice");\nstatic_assert(true);\n',
        "kernels/c.cpp": 'void g() { detail::fail("z: %td of %-5.1f%%", a, b); } // fail(nothing)\n',
    }
    wanted = {"x: the value is odd; round it": True, 'y: says "so", twice': True, "z: … of …%": False}
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
            with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                file.write(text)
        found, problems = sentences_of(read_sources(root, compiler))
    checks = {"finds the sentences": {s.text: s.while_compiling for s in found} == wanted and not problems}
    places = {s.text[0]: s.where for s in found}
    checks["finds their places"] = places == {"x": "include/cleave/b.hpp:3", "y": "include/cleave/b.hpp:4",
                                              "z": "kernels/c.cpp:1"}
    _, problems = sentences_of([Source("c.hpp", "void g() { fail(text, 1); }")])
    checks["sees a fail without a literal"] = len(problems) == 1
    good = ("### A\n\n> - `x: the value is odd; round it`\n> - ``y: says \"so\",\n>   twice``\n\n<!-- refused -->\n"
            "```cpp\n```\n<!-- accepted -->\n```cpp\n```\n### B\n> `z: … of …%`\n")
    checks["accepts a good page"] = compare(found, headings_of(good)) == []
    checks["reports a missing sentence"] = any("TITLE" in p and "z: …" in p for p in compare(
        found, headings_of(good.split("### B")[0])))
    checks["reports a stale sentence"] = any("no code says" in p for p in compare(
        found, headings_of(good + "\n### C\n\n> `gone`\n")))
    checks["reports an empty heading"] = any("quotes no sentence" in p for p in compare(
        found, headings_of(good + "\n### C\n")))
    checks["lets a star stand for the operation"] = compare(found, headings_of(
        good.replace("`x: the value", "`*: the value"))) == []
    checks["reports a star that nothing says"] = any("no code says" in p for p in compare(
        found, headings_of(good + "\n### C\n\n> `*: gone`\n")))
    checks["reports a sentence listed twice"] = any("listed twice" in p for p in compare(
        found, headings_of(good + "\n### C\n\n> `z: … of …%`\n")))
    checks["reports a missing example"] = any("needs a refused" in p for p in compare(
        found, headings_of(good.replace("<!-- refused -->", ""))))
    checks["accepts an excuse"] = compare(found, headings_of(
        good.replace("<!-- refused -->", "<!-- no example: too large -->"))) == []
    for name, holds in checks.items():
        print(f"{'passed' if holds else 'FAILED'}: {name}")
    return 0 if all(checks.values()) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=".")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test(arguments.compiler)
    found, problems = sentences_of(read_sources(os.path.abspath(arguments.root), arguments.compiler))
    headings = []
    for path in sorted(glob.glob(os.path.join(arguments.root, PAGES, "*.md"))):
        with open(path, encoding="utf-8") as file:
            headings += headings_of(file.read(), os.path.relpath(path, arguments.root))
    problems += compare(found, headings)
    for problem in problems:
        print(problem)
    print(f"sentences: {len({s.text for s in found})} in the code, {len(headings)} headings, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
