# SPDX-License-Identifier: Apache-2.0
"""Reads a Markdown page into its code blocks, and says what in it would escape the check.

A ```cpp block stands for itself unless the line above it is a comment, invisible in the rendered page:

    (no comment)               a unit: compiles alone
    <!-- program -->           a unit with main: compiled, run, and what it prints is the ```text block that follows
    <!-- file -->              the page's story, at file scope: includes, types, functions
    <!-- step -->              the story's next statements; what they print is the ```text block that follows, if any
    <!-- accepted -->          statements in a scope of their own after the story so far; `accepted file`: in a namespace
    <!-- refused -->           as `accepted`, but must not compile; also `refused file` and `refused program`
    <!-- quotes FILE -->       as a unit, and its lines stand in FILE, in this order
    <!-- new story -->         (by itself) the blocks below begin another story

A refusal is exactly one error; it says every line of the ```text block that follows, or else one of the sentences of
the nearest block quote above. A ```text block below `<!-- g++ -->` or `<!-- clang++ -->` quotes that compiler alone;
below `<!-- output: FILE -->` it is what the program FILE prints. A line `...` in a text block leaves lines out.
"""

import re

FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$")
COMMENT = re.compile(r"^\s*<!--\s*(.*?)\s*-->\s*$")
CPP_ALIASES = {"c++", "cxx", "cc", "hpp", "h", "c", "cuda", "cu"}
KINDS = {
    (): ("unit", "program"),
    ("program",): ("program", "program"),
    ("file",): ("file", "file"),
    ("step",): ("step", "step"),
    ("accepted",): ("accepted", "step"),
    ("accepted", "file"): ("accepted", "file"),
    ("refused",): ("refused", "step"),
    ("refused", "file"): ("refused", "file"),
    ("refused", "program"): ("refused", "program"),
}
TEXT_MARKERS = {"g++": "gcc", "clang++": "clang"}


class PageError(Exception):
    """A sentence with the place it speaks of."""


class Text:
    """A ```text block that a code block or a program is compared with; `family` is None where both compilers say it."""

    def __init__(self, line, lines, family=None, program=None):
        self.line, self.lines, self.family, self.program = line, lines, family, program


class Block:
    """A ```cpp block: `kind` and `place` are a value of KINDS, `line` is where its first line of code stands."""

    def __init__(self, page, line, code, kind, place, story, quoted, source):
        self.page, self.line, self.code = page, line, code
        self.kind, self.place, self.story = kind, place, story
        self.quoted, self.source = quoted, source
        self.texts = []

    @property
    def where(self):
        return f"{self.page}:{self.line}"

    @property
    def end(self):
        return self.line + max(len(self.code), 1) - 1


def sentences_of_quote(lines):
    """The sentences of a block quote: its one paragraph, or each item of its list; code spans lose their marks."""
    items = [[]]
    for line in lines:
        text = re.sub(r"^\s*>\s?", "", line)
        if re.match(r"\s*[-*]\s", text):
            items.append([])
            text = re.sub(r"^\s*[-*]\s+", "", text)
        items[-1].append(text)
    sentences = []
    for item in items:
        text = " ".join(" ".join(item).split())
        span = re.fullmatch(r"(`+) ?(.*?) ?\1", text)
        if text:
            sentences.append(span[2] if span else text)
    return sentences


class Page:
    """The blocks of a page in order. Raises PageError at what would escape."""

    def __init__(self, name, text):
        self.name = name
        self.blocks = []
        self.outputs = []  # Text blocks that a program of the tree prints
        self._lines = text.splitlines()
        self._story = 0
        self._quote = []
        self._read()

    def _fail(self, line, sentence):
        raise PageError(f"{self.name}:{line}: {sentence}")

    def _read(self):
        i = 0
        marker, marker_line = None, 0  # of the comment directly above
        previous = None  # the block that a ```text block belongs to
        quote_open = False
        while i < len(self._lines):
            line, number = self._lines[i], i + 1
            fence = FENCE.match(line)
            comment = COMMENT.match(line)
            if fence:
                i, code = self._take_fence(i, fence)
                language = fence[3].split()[0] if fence[3] else ""
                previous = self._take_block(number, language, code, marker, previous)
                marker = None
                quote_open = False
                continue
            if marker is not None and line.strip():
                self._fail(marker_line, f"the marker `{marker}` stands above no block")
            if comment:
                words = comment[1]
                if words == "new story":
                    self._story += 1
                elif self._is_marker(words) or self._is_fence(number):
                    marker, marker_line = words, number
            elif line.lstrip().startswith("<!--"):
                i = self._skip_comment(i)
                continue
            elif re.search(r"<(pre|code)\b", line):
                self._fail(number, "code in HTML escapes the check; use a fenced block")
            elif re.match(r"(?: {4}|\t)\s*\S.*[;{}]\s*$", line) and not self._lines[i - 1].strip():
                self._fail(number, "indented code escapes the check; use a fenced block")
            if line.lstrip().startswith(">"):
                self._quote = [*self._quote, line] if quote_open else [line]
                quote_open = True
            else:
                quote_open = False
            i += 1
        if marker is not None:
            self._fail(marker_line, f"the marker `{marker}` stands above no block")

    def _is_fence(self, i):
        return i < len(self._lines) and bool(FENCE.match(self._lines[i]))

    @staticmethod
    def _is_marker(words):
        first = words.split()[0] if words else ""
        known = {"program", "file", "step", "accepted", "refused", "quotes", "output:", *TEXT_MARKERS}
        return first.rstrip(":") in {word.rstrip(":") for word in known}

    def _skip_comment(self, i):
        start = i
        while i < len(self._lines) and "-->" not in self._lines[i]:
            if FENCE.match(self._lines[i]):
                self._fail(i + 1, "a block inside a comment escapes the check")
            i += 1
        if i == len(self._lines):
            self._fail(start + 1, "a comment without an end")
        return i + 1

    def _take_fence(self, i, fence):
        number = i + 1
        if fence[2][0] == "~":
            self._fail(number, "a block between ~~~ escapes the check; use ```")
        indent, marks = len(fence[1]), fence[2]
        code = []
        i += 1
        while i < len(self._lines):
            end = FENCE.match(self._lines[i])
            if end and not end[3] and end[2].startswith(marks):
                return i + 1, code
            line = self._lines[i]
            code.append(line[indent:] if not line[:indent].strip() else line)
            i += 1
        self._fail(number, "a block without an end")
        return i, code

    def _take_block(self, number, language, code, marker, previous):
        if not language:
            self._fail(number, "a block names its language; ```text where it has none")
        if language.lower() in CPP_ALIASES or (language.lower() == "cpp" and language != "cpp"):
            self._fail(number, f"a block of `{language}` escapes the check; write ```cpp")
        if language == "text":
            return self._take_text(number, code, marker, previous)
        if language != "cpp":
            if marker is not None:
                self._fail(number, f"the marker `{marker}` stands above a block of {language}")
            return None
        words = tuple((marker or "").split())
        source = None
        if words[:1] == ("quotes",) and len(words) == 2:
            source, words = words[1], ()
        if words not in KINDS:
            self._fail(number, f"there is no marker `{marker}` for a block of C++")
        kind, place = KINDS[words]
        block = Block(self.name, number + 1, code, kind, place, self._story, sentences_of_quote(self._quote), source)
        self.blocks.append(block)
        return block

    def _take_text(self, number, code, marker, previous):
        words = (marker or "").split()
        if words[:1] == ["output:"] and len(words) == 2:
            self.outputs.append(Text(number + 1, code, program=words[1]))
            return None
        if marker is not None and marker not in TEXT_MARKERS:
            self._fail(number, f"there is no marker `{marker}` for a block of text")
        if marker is not None and (previous is None or previous.kind != "refused"):
            self._fail(number, f"the marker `{marker}` follows no refused block")
        if previous is not None and previous.kind in ("program", "step", "refused"):
            if previous.kind != "refused" and previous.texts:
                return None
            previous.texts.append(Text(number + 1, code, family=TEXT_MARKERS.get(marker)))
            return previous
        return None
