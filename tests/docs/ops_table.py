#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/reference/ops.md from the headers: every operation, its functions, its formula and its derivative.

An operation is a struct of include/cleave/ops that has a name; its formula is the comment above it. Its functions are
those that make it, directly or through helpers. The derivative is the operation's `vjp`, read as a formula; where that
is code and no formula, DERIVATIVES says it in words (and must not say more than is needed). `--check` compares the page
with what would be written.
"""

import argparse
import glob
import os
import re
import sys

PAGE = "docs/reference/ops.md"
# Families in the order of the page; others follow by name.
FAMILIES = ["arithmetic", "power", "exponential", "trigonometric", "hyperbolic", "rounding", "compare", "select",
            "activation", "smooth_activation", "reduce", "extremes", "norm", "prod", "contract", "softmax",
            "cross_entropy", "loss", "dropout", "slice", "transpose", "reshape", "concat", "tile", "cast", "identity"]
LINEAR = {"none": "", "joint": "in all together", "each": "in each", "first": "in the first", "last": "in the last"}
DERIVATIVES = {
    "atan2": "`dy * b / (a^2 + b^2), -dy * a / (a^2 + b^2)`",
    "batch_mean": "dy; the optimizer divides by the rows",
    "cast": "dy in the type of x",
    "concat": "of each operand, its part of dy",
    "contract": "products of dy with the other operand",
    "dropout": "dy through the same mask",
    "linear_regression_output": "the head's own",
    "log_softmax_gradient": "formulas of exp(y) and sums",
    "logistic_regression_output": "the head's own",
    "mae_regression_output": "the head's own",
    "make_loss": "the head's own",
    "max": "dy to every element that equals y",
    "min": "dy to every element that equals y",
    "nll_gradient": "to dy alone",
    "place": "the part of dy where x lies",
    "product_of_others_tangent": "none",
    "reshape": "dy in the shape of x",
    "slice": "dy in the elements that were taken, 0 in the others",
    "softmax_gradient": "formulas of y and sums",
    "softmax_output": "the head's own",
    "svm_output": "the head's own",
    "transpose": "dy transposed back",
}
# Formulas whose comment speaks of a node's attributes.
FORMULAS = {
    "cast": "Elements converted to another type, as copies between types convert.",
    "cast_to_integers": "The same to integers: no derivative, and rounding an addend is not rounding the sum.",
    "concat": "Up to 4 values joined along an axis; their other axes are the same. More are joined in a tree.",
    "place": "x in a longer axis that is otherwise filled with a number: the adjoint of slice.",
    "reshape": "The same elements, in row-major order, with other axes. The batch axis is as it is.",
    "tile": "An axis, each element several times, and all that several times.",
    "transpose": "The axes in another order.",
}
# These ask an operation's rule what they refuse, but are made of other functions.
MADE_OF_OTHERS = {"norm_l1", "var", "stddev"}
HEADER = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Written by tests/docs/ops_table.py from the headers; a test compares. -->
# Operations

Every operation, with the functions that make it. They take tensors, views and expressions, and the symbols of a model.

- **Derivative** is what flows back to each operand: `dy` is the cotangent of the result, `y` the result. Where nothing
  flows it says 0. Along axes that an operand lacks it is summed.
- **Linear** says in which operands the operation is linear: there, and nowhere else, it accepts a
  [partial sum](../tutorial/2-a-model-on-two-devices.md#placement).
- **Integers**: whether tensors of integers are taken as well. In a model all operations compute with float or double.

Functions of tensors that only look at elements in another way (`slice`, `crop`, `flip`, `transpose`, `reshape`,
`rename`, ...) are views there, which cost nothing: [tutorial 1](../tutorial/1-tensors.md#views). Of a model's symbols
they are the operations below.
"""


def closing(text, at):
    """Where the bracket at `at` ends."""
    pairs = {"(": ")", "{": "}", "[": "]"}
    opening, ending, depth = text[at], pairs[text[at]], 0
    for i in range(at, len(text)):
        depth += {opening: 1, ending: -1}.get(text[i], 0)
        if depth == 0:
            return i
    return len(text)


def comment_above(text, at):
    """The /// lines that end at `at`, as one paragraph."""
    lines = []
    for line in reversed(text[:at].rstrip("\n").split("\n")):
        match = re.match(r"\s*/// ?(.*)", line)
        if not match:
            break
        lines.insert(0, match[1].strip())
    return " ".join(lines)


def split_commas(text):
    """At commas outside of brackets and template arguments."""
    parts, depth, last = [], 0, 0
    for i, c in enumerate(text):
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(c, 0)
        if c == "<" and re.search(r"\w$", text[:i]):
            depth += 1
        if c == ">" and re.search(r"[\w.]$", text[:i]) and text[i - 1] != "-" and "<" in text[:i]:
            depth -= 1
        if c == "," and depth == 0:
            parts.append(text[last:i].strip())
            last = i + 1
    return [part for part in [*parts, text[last:].strip()] if part]


class Op:
    """A struct that has a name."""

    def __init__(self, struct, base, body, doc, family, text):
        self.struct, self.base, self.body, self.doc, self.family = struct, base, body, doc, family
        name = re.search(r'FixedString name = "([^"]*)"', body)
        self.name = name[1] if name else None
        outside = re.search(rf"Cotangents {struct}::vjp\(const Vjp& [^)]*\)\s*{{", text)
        inside = re.search(r"Cotangents vjp\(const Vjp& [^)]*\)\s*{", body)
        self.vjp = None
        for match, where in ((outside, text), (inside, body)):
            if match and self.vjp is None:
                self.vjp = where[match.end():closing(where, match.end() - 1)].strip()


class Function:
    """A function in namespace cleave, or a helper."""

    def __init__(self, name, head, parameters, body, doc, public):
        self.name, self.head, self.body, self.doc, self.public = name, head, body, doc, public
        names = [re.search(r"(\w+)\s*(?:=.*)?$", re.sub(r"/\*.*?\*/", "", p)) for p in split_commas(parameters)]
        self.parameters = [m[1] for m in names if m and m[1] not in ("options",)]
        if parameters.rstrip().endswith("... rest"):
            self.parameters[-1] = "..."

    @property
    def call(self):
        """How it is called."""
        if self.name.startswith("operator"):
            sign = self.name[8:]
            return f"{sign}x" if len(self.parameters) == 1 else f"a {sign} b"
        example = re.search(rf"`(?:auto \[[^\]]*\] = )?({self.name}<[^`]*)`", self.doc)
        if example:
            return example[1]
        axes = ['"y"'] if "FixedString Name" in self.head else []
        axes += ["C"] if "template <extent> class" in self.head else []
        axes += ["2"] if re.search(r"(int|extent) (Count|Times)", self.head) else []
        return f"{self.name}{'<' + ', '.join(axes) + '>' if axes else ''}({', '.join(self.parameters)})"


def read(root):
    """All operations and functions of the headers."""
    ops, functions = [], []
    paths = sorted(glob.glob(os.path.join(root, "include/cleave/ops/*.hpp")))
    paths += [os.path.join(root, "include/cleave/model", name) for name in ("layers.hpp", "heads.hpp", "dropout.hpp")]
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        family = os.path.basename(path)[:-4]
        inner = [(m.start(), closing(text, m.end() - 1)) for m in re.finditer(r"namespace (?:cleave::)?detail {", text)]
        hidden = lambda at, inner=inner: any(begin < at < end for begin, end in inner)
        for match in re.finditer(r"^struct (\w+)(?: : ([\w:]+))? {", text, flags=re.M):
            body = text[match.end():closing(text, match.end() - 1)]
            if hidden(match.start()):
                body = body.replace('FixedString name = "', "")  # asks, but is no operation
            base, doc = (match[2] or "").split("::")[-1], comment_above(text, match.start())
            ops.append(Op(match[1], base, body, doc, family, text))
        pattern = (r"^((?:template .*\n?(?:[ \t]+requires.*\n)?)?)(?:constexpr )?(?:\w[\w<>():]*(?: [&*])? )+"
                   r"(operator.|\w+)\(")
        for match in re.finditer(pattern, text, flags=re.M):
            end = closing(text, match.end() - 1)
            brace = re.compile(r"\s*(?:requires\([^\n]*\)\s*)?{").match(text, end + 1)
            if not brace or match[2] in ("if", "for", "while", "switch", "return"):
                continue
            body = text[brace.end():closing(text, brace.end() - 1)]
            functions.append(Function(match[2], match[1], text[match.end():end], body,
                                      comment_above(text, match.start()), not hidden(match.start())))
    return ops, functions


def chain(op, by_struct):
    """The op's struct and its bases."""
    while op is not None:
        yield op
        op = by_struct.get(op.base)


def member(op, pattern, by_struct):
    for at in chain(op, by_struct):
        match = re.search(pattern, at.body)
        if match:
            return match
    return None


def operand_names(op):
    """As `apply` calls them; x or x0, x1 of kernels."""
    match = re.search(r"\bapply\(([^)]*)\)", op.body)
    return [p.split()[-1] for p in match[1].split(",")] if match else []


def formula(op, ops):
    """What `vjp` returns, in names of operands; None where it is no formula."""
    body = op.vjp
    if body is None:
        return None
    names = operand_names(op)
    struct_names = {o.struct: o.name for o in ops if o.name}
    known = {}
    rest = body
    while True:
        local = re.match(r"\s*const (Value|Attributes&|auto) (\w+) = ([^;]*);", rest)
        if not local:
            break
        known[local[2]] = "" if local[1] == "Attributes&" else local[3]
        rest = rest[local.end():]
    returned = re.fullmatch(r"\s*return {(.*)};\s*", rest, flags=re.S)
    if not returned:
        return None

    def pretty(text):
        text = " ".join(text.split())
        for _ in range(4):
            for name, value in known.items():
                if re.match(r"at\.x\(\d\)$", value) or value in ("at.y", "at.dy"):
                    text = re.sub(rf"(?<![\w.]){name}\b(?!\()", value, text)
        text = re.sub(r"(?:detail::append|Value::apply)<(\w+)>\((?:at\.node\.attributes, |along, |back, )?",
                      lambda m: struct_names.get(m[1], m[1]) + "(", text)
        text = re.sub(r"detail::sum_over\(([^()]*(?:\([^()]*\)[^()]*)*), (?:along|at\.node\.attributes)\.letters\)",
                      r"sum(\1)", text)
        text = re.sub(r"(?:along|at\.node\.attributes)\.number", "s", text)
        text = text.replace("Value{}", "0").replace("at.dy", "dy").replace("at.y", "y")

        def operand(match):
            i = int(match[1])
            return names[i] if i < len(names) else ("x" if not names and i == 0 else f"x{i}")
        text = re.sub(r"at\.x\((\d)\)", operand, text)
        for name in re.findall(r"double (\w+) = [\d.]+;", op.body):  # the struct's own constants
            value = re.search(rf"double {name} = ([\d.]+);", op.body)[1]
            text = re.sub(rf"\b{name}\b", value, text)
        return re.sub(r"\b(\d\.\d{4})\d+", r"\1", text)
    parts = [pretty(part) for part in split_commas(returned[1])]
    locals_ = [(name, pretty(value)) for name, value in known.items()
               if value and not re.match(r"at\.x\(\d\)$", value) and value not in ("at.y", "at.dy")]
    if any("::" in part or "at." in part for part in [*parts, *(value for _, value in locals_)]):
        return None
    # A local that is used once is put in its place, the others are said after the formula.
    for name, value in reversed(locals_):
        users = " ".join([*parts, *(v for n, v in locals_ if n != name)])
        if len(re.findall(rf"\b{name}\b", users)) == 1 and re.fullmatch(r"\w+\(.*\)", value):
            replaced = lambda text, n=name, v=value: re.sub(rf"\b{n}\b", lambda _: v, text)
            parts = [replaced(part) for part in parts]
            locals_ = [(n, replaced(v)) for n, v in locals_ if n != name]
    text = ", ".join(parts) if parts else "0"
    return text + "".join(f"; {name} = {value}" for name, value in locals_)


def derivative(op, ops, by_struct):
    """In words or as a formula."""
    if member(op, r"stops_gradient = (true|false)", by_struct) and \
            member(op, r"stops_gradient = (true|false)", by_struct)[1] == "true":
        return "0"
    for at in chain(op, by_struct):
        if at.vjp is not None:
            found = formula(at, ops)
            if found is None or op.name in ("nll_gradient",):
                if op.name not in DERIVATIVES:
                    raise SystemExit(f"ops_table: say in DERIVATIVES what flows back from {op.name}")
                return DERIVATIVES[op.name]
            return f"`{found}`" if found != "0" else "0"
    return "none"


def reaches(function, by_name, structs, seen):
    """The structs that a function mentions, itself or through helpers."""
    body = re.sub(r"(?:refusal_of|Call)<[^;]*;", ";", function.body)
    found = {word for word in re.findall(r"\b[A-Z]\w+\b", body) if word in structs}
    if found:
        return found
    for name in set(re.findall(r"\b(\w+)\s*[<(]", function.body)):
        for helper in by_name.get(name, []):
            if not helper.public and helper not in seen:
                seen.add(helper)
                found |= reaches(helper, by_name, structs, seen)
    return found


def integers(op, by_struct):
    if member(op, r"kind = OpKind::kernel", by_struct):
        text = "".join(at.body for at in chain(op, by_struct))
        floats = "infer_dtype" in text or "expect_floating" in op.body
        return "" if floats or ("std::int32_t" not in text and not member(op, r"infer_moved_dtype", by_struct)
                                and op.base != "LocalReduceOp" and "copy_kernel" not in text
                                and op.base != "Cast" and op.name != "cast") else "yes"
    found = member(op, r"takes_integers = (true|false)", by_struct)
    return "yes" if found and found[1] == "true" else ""


def words(op):
    """The formula, in the words of the comment above the struct; sentences about a node's attributes are left out."""
    if op.name in FORMULAS:
        return FORMULAS[op.name]
    text = op.doc.replace("the axes in `attributes.letters`", "the named axes")
    attribute = re.compile(r"`(attributes\.)?(letters|number|second|third|extents|flags)|flags bit|bit \d:|flags the")
    kept = [part for part in re.split(r"(?<=[.;]) ", text) if not attribute.search(part)]
    return re.sub(r";$", ".", " ".join(kept))


def cell(text):
    return text.replace("|", "\\|")


def page(root):
    ops, functions = read(root)
    by_struct = {op.struct: op for op in ops}
    named = [op for op in ops if op.name]
    by_name = {}
    for function in functions:
        by_name.setdefault(function.name, []).append(function)
    structs = {op.struct for op in named}
    calls, made_of_others = {}, []
    for function in functions:
        if not function.public or not function.head:
            continue
        reached = set() if function.name in MADE_OF_OTHERS else reaches(function, by_name, structs, {function})
        for struct in reached:
            known = calls.setdefault(struct, [])
            if function.call not in known:
                known.append(function.call)
        if not reached and function.doc:
            made_of_others.append(function)
    lines = [HEADER]
    families = sorted({op.family for op in named}, key=lambda f: (FAMILIES.index(f) if f in FAMILIES else 99, f))
    inner = []
    for family in families:
        rows = []
        for op in [o for o in named if o.family == family]:
            linear = member(op, r"linearity = Linearity::(\w+)", by_struct)
            columns = [op.name, ", ".join(f"`{c}`" for c in calls.get(op.struct, [])), words(op),
                       derivative(op, named, by_struct), LINEAR[linear[1] if linear else "none"],
                       integers(op, by_struct)]
            (rows if op.struct in calls else inner).append(columns)
        if rows:
            lines.append(f"## {family.replace('_', ' ').capitalize()}\n")
            lines.append("| operation | functions | formula | derivative | linear | integers |\n|---|---|---|---|---|---|")
            lines += ["| " + " | ".join(cell(c) for c in row) + " |" for row in rows]
            lines.append("")
    lines.append("## Functions made of others\n\n| function | what it is |\n|---|---|")
    seen = set()
    for function in made_of_others:
        if function.call not in seen:
            seen.add(function.call)
            lines.append(f"| `{cell(function.call)}` | {cell(function.doc.split(' Errors')[0])} |")
    lines.append("\n## What derivatives are made of\n\nThese have no function; they appear in graphs that are printed.\n")
    lines.append("| operation | formula | derivative | linear |\n|---|---|---|---|")
    lines += ["| " + " | ".join(cell(row[i]) for i in (0, 2, 3, 4)) + " |" for row in inner]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=".")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    path = os.path.join(arguments.root, PAGE)
    text = page(arguments.root)
    if not arguments.check:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    with open(path, encoding="utf-8") as file:
        same = file.read() == text
    if not same:
        print(f"{PAGE} is not what the headers say; run tests/docs/ops_table.py")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
