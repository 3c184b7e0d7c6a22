#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the sentences that the library can say with docs/reference/errors.md.

Sentences are the texts of every static_assert, every #define CLEAVE_SAYS_*, and every detail::fail or Error in include/
and kernels/; what printf fills in is written as `…`. In the page every `###` heading is a rule, with its sentences in a
block quote: one, or a list. Sentences that come while compiling need a refused and an accepted block below the heading;
`<!-- no example: WHY -->` says why there is none. Prints what is missing, ready to be filled in.
"""

import argparse
import glob
import os
import re
import sys

from page import sentences_of_quote

PAGE = "docs/reference/errors.md"
LITERAL = r'"(?:[^"\\\n]|\\.)*"'
PIECES = re.compile(rf"(?:(?:{LITERAL}|\b[A-Z][A-Z_0-9]+\b)\s*)+")
ONE_PIECE = re.compile(rf"{LITERAL}|\b[A-Z][A-Z_0-9]+\b")
CALL = re.compile(r"\b(static_assert|fail|Error)\s*\(")
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(CLEAVE_(?:SAYS|IS)_\w+)[ \t]+((?:.*\\\n)*.*)$", re.M)


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


def spell(pieces, defines):
    """The text of literals and sentence macros in a row; None where one of them is unknown."""
    text = ""
    for piece in ONE_PIECE.findall(pieces):
        if piece.startswith('"'):
            text += piece[1:-1]
        elif piece in defines:
            inner = spell(defines[piece], defines)
            if inner is None:
                return None
            text += inner
        else:
            return None
    return text


class Sentence:
    def __init__(self, text, where, while_compiling):
        self.text, self.where, self.while_compiling = text, where, while_compiling


def sentences_of(files):
    """files: {name: text}. Returns (sentences, problems)."""
    bare = {name: without_comments(text) for name, text in files.items()}
    shared = {}
    for text in bare.values():
        shared.update({m[1]: m[2].replace("\\\n", " ") for m in DEFINE.finditer(text) if m[1].startswith("CLEAVE_IS_")})
    found, problems = [], []
    for name, text in bare.items():
        def where(at, name=name, text=text):
            return f"{name}:{text.count(chr(10), 0, at) + 1}"
        defines = {m[1]: m[2].replace("\\\n", " ") for m in DEFINE.finditer(text)}
        for match in DEFINE.finditer(text):
            if match[1].startswith("CLEAVE_SAYS_"):
                sentence = spell(match[2].replace("\\\n", " "), {**shared, **defines})
                if sentence is None:
                    problems.append(f"{where(match.start())}: {match[1]} is no row of literals")
                else:
                    found.append(Sentence(normal(sentence), where(match.start()), True))
        for match in CALL.finditer(text):
            line = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
            if re.match(r"\s*#\s*define", line):
                continue
            inside = arguments_of(text, match.end() - 1)
            if match[1] == "static_assert":
                pieces = re.search(rf",\s*({PIECES.pattern})\s*$", inside)
                if not pieces or not re.search(LITERAL, pieces[1]):
                    continue  # a check without words, or with a sentence that is defined above
                sentence = spell(pieces[1], shared)
            else:
                pieces = re.match(rf"\s*({PIECES.pattern})", inside)
                if not pieces:
                    if match[1] == "fail" and re.match(r"\s*const char|\s*$", inside) is None:
                        problems.append(f"{where(match.start())}: the sentence of this fail is no literal")
                    continue
                sentence = spell(pieces[1], shared)
                if match[1] == "Error" and sentence is None:
                    continue
            if sentence is None:
                problems.append(f"{where(match.start())}: this sentence is no row of literals")
            else:
                found.append(Sentence(normal(sentence), where(match.start()), match[1] == "static_assert"))
    return found, problems


class Heading:
    def __init__(self, title, line):
        self.title, self.line = title, line
        self.sentences = []  # (text, line)
        self.refused = self.accepted = self.excused = False


def headings_of(text):
    """The rules of the page."""
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
            headings.append(Heading(line[4:].strip(), number))
        elif headings:
            headings[-1].refused |= bool(re.match(r"<!-- refused", line))
            headings[-1].accepted |= bool(re.match(r"<!-- (accepted|step|file|program)\b", line))
            headings[-1].excused |= bool(re.match(r"<!-- no example: \S", line))
    return headings


def compare(found, headings, page):
    problems = []
    said = {}
    for sentence in found:
        said.setdefault(sentence.text, []).append(sentence)
    listed = {}
    for heading in headings:
        if not heading.sentences:
            problems.append(f"{page}:{heading.line}: the heading `{heading.title}` quotes no sentence")
        for text, line in heading.sentences:
            if text in listed:
                problems.append(f"{page}:{line}: is listed twice: {text}")
            listed[text] = heading
            if text not in said:
                problems.append(f"{page}:{line}: no code says this any more: {text}")
        compiles = any(s.while_compiling for text, _ in heading.sentences for s in said.get(text, []))
        if compiles and not heading.excused and not (heading.refused and heading.accepted):
            problems.append(f"{page}:{heading.line}: `{heading.title}` needs a refused and an accepted block, or "
                            "`<!-- no example: WHY -->`")
    missing = [text for text in said if text not in listed]
    if missing:
        problems.append(f"{page} lacks {len(missing)} sentences; give each a heading, or a line under one that fits:")
    for text in missing:
        left, right = ("`` ", " ``") if "`" in text else ("`", "`")
        places = ", ".join(sentence.where for sentence in said[text])
        problems.append(f"\n### TITLE <!-- {places} -->\n\n> {left}{text}{right}")
    return problems


def read_files(root):
    files = {}
    for folder in ("include", "kernels"):
        for path in sorted(glob.glob(os.path.join(root, folder, "**", "*"), recursive=True)):
            if path.endswith((".hpp", ".cpp", ".cu", ".cuh")):
                with open(path, encoding="utf-8") as file:
                    files[os.path.relpath(path, root)] = file.read()
    return files


def self_test():
    """Each kind of sentence is found, and each kind of fault in the page is reported."""
    code = {"a.hpp": '#define CLEAVE_IS_ODD "is odd; " \\\n  "round it"\n',
            "b.hpp": '#define CLEAVE_SAYS_X "x: the value " CLEAVE_IS_ODD\n// static_assert(true, "not this");\n'
                     'static_assert(f<1, 2>(")"), "y: says \\"so\\", "\n "twice");\nstatic_assert(true);\n'
                     'void g() { detail::fail("z: %td of %-5.1f%%", a, b); }\n'
                     "#define CLEAVE_EXPECTS(sentence, ...) static_assert(__VA_ARGS__, sentence)\n"}
    wanted = {"x: the value is odd; round it": True, 'y: says "so", twice': True, "z: … of …%": False}
    found, problems = sentences_of(code)
    got = {s.text: s.while_compiling for s in found}
    checks = {"finds the sentences": got == wanted and not problems}
    _, problems = sentences_of({"c.hpp": "void g() { fail(text, 1); }"})
    checks["sees a fail without a literal"] = len(problems) == 1
    good = ("### A\n\n> - `x: the value is odd; round it`\n> - ``y: says \"so\",\n>   twice``\n\n<!-- refused -->\n"
            "```cpp\n```\n<!-- accepted -->\n```cpp\n```\n### B\n> `z: … of …%`\n")
    checks["accepts a good page"] = compare(found, headings_of(good), "p") == []
    checks["reports a missing sentence"] = any("TITLE" in p and "z: …" in p for p in compare(
        found, headings_of(good.split("### B")[0]), "p"))
    checks["reports a stale sentence"] = any("no code says" in p for p in compare(
        found, headings_of(good + "\n### C\n\n> `gone`\n"), "p"))
    checks["reports an empty heading"] = any("quotes no sentence" in p for p in compare(
        found, headings_of(good + "\n### C\n"), "p"))
    checks["reports a missing example"] = any("needs a refused" in p for p in compare(
        found, headings_of(good.replace("<!-- refused -->", "")), "p"))
    checks["accepts an excuse"] = compare(found, headings_of(
        good.replace("<!-- refused -->", "<!-- no example: too large -->")), "p") == []
    for name, holds in checks.items():
        print(f"{'passed' if holds else 'FAILED'}: {name}")
    return 0 if all(checks.values()) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=".")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    found, problems = sentences_of(read_files(arguments.root))
    with open(os.path.join(arguments.root, PAGE), encoding="utf-8") as file:
        headings = headings_of(file.read())
    problems += compare(found, headings, PAGE)
    for problem in problems:
        print(problem)
    print(f"sentences: {len({s.text for s in found})} in the code, {len(headings)} headings, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
