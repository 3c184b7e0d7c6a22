# SPDX-License-Identifier: Apache-2.0
"""Shows Cleave's tensors, views, shapes and graphs in gdb: `source cleave_printers.py`, then `print x`.

Elements beyond gdb's own limit (`set print elements N`) are left out.
"""

import re
import struct

import gdb
import gdb.printing

DTYPES = ("f32", "f64", "i32", "i64", "u8")
ELEMENTS = {"float": ("f32", "f"), "double": ("f64", "d"), "int": ("i32", "i"), "long": ("i64", "q"),
            "unsigned char": ("u8", "B")}
RESULTS = ("output", "gradient", "input_gradient", "normaliser")
UNKNOWN = {-1: "=dynamic", -2: "=batch"}


def axis_text(letter, extent):
    return f"{letter}{UNKNOWN.get(extent, extent)}"


def axes_of(type_name):
    """Returns [(letter, extent)] of the first cleave::Shape in a type's name."""
    shape = re.search(r"cleave::Shape<((?:[^<>]|<[^<>]*>)*)>", type_name)
    axes = re.findall(r"cleave::Axis<(?:\(char\)\s*)?(?:(\d+)|'(.)'), (-?\d+)[lL]*\s*>", shape[1] if shape else "")
    return [(letter or chr(int(code)), int(extent)) for code, letter, extent in axes]


def dims_text(axes):
    return "[" + ", ".join(axis_text(*axis) for axis in axes) + "]"


def number_text(value):
    return f"{value:g}" if isinstance(value, float) else str(value)


class Elements:
    """Elements in memory, as nested brackets."""

    def __init__(self, address, code, extents, strides):
        self.address, self.code, self.extents, self.strides = address, code, extents, strides
        self.left = gdb.parameter("print elements") or float("inf")

    def one(self, offset):
        size = struct.calcsize(self.code)
        memory = gdb.selected_inferior().read_memory(self.address + offset * size, size)
        return number_text(struct.unpack(self.code, memory.tobytes())[0])

    def text(self, axis=0, offset=0):
        if axis == len(self.extents):
            self.left -= 1
            return self.one(offset)
        parts = []
        for i in range(self.extents[axis]):
            if self.left <= 0:
                parts.append("...")
                break
            parts.append(self.text(axis + 1, offset + i * self.strides[axis]))
        return "[" + ", ".join(parts) + "]"


class ArrayPrinter:
    """What Tensor and View have in common: `Tensor f32[N2, C3] on Cpu<0> = [[0, 1, 2], [3, 4, 5]]`."""

    def __init__(self, value):
        self.value = value
        self.type_name = str(value.type.strip_typedefs().unqualified())
        self.axes = axes_of(self.type_name)
        element = value.type.strip_typedefs().template_argument(0).strip_typedefs().unqualified()
        self.dtype, self.code = ELEMENTS.get(str(element), (str(element), None))

    def array(self, kind, address, strides):
        extents = [extent for _, extent in self.axes]
        if extents and extents[0] < 0:
            extents[0] = int(self.value["rows_"])
        device = re.search(r"cleave::(\w+<\d+>)", re.sub(r"cleave::(Shape|Strides|Axis)<", "", self.type_name))
        shown = dims_text([(axis[0], extent) for axis, extent in zip(self.axes, extents)])
        begin = f"{kind} {self.dtype}{shown} on {device[1] if device else '?'}"
        if 0 in extents:
            return f"{begin}, empty"
        if address == 0 or self.code is None:
            return f"{begin}, moved from" if address == 0 else begin
        if strides is None:
            strides, step = [], 1
            for extent in reversed(extents):
                strides.insert(0, step)
                step *= extent
        else:
            begin += f" with strides [{', '.join(map(str, strides))}]"
        return f"{begin} = {Elements(address, self.code, extents, strides).text()}"


class TensorPrinter(ArrayPrinter):
    def to_string(self):
        header = self.value["block_"]["header_"]
        address = int(header)
        return self.array("Tensor", address and address + header.type.target().sizeof, None)


class ViewPrinter(ArrayPrinter):
    def to_string(self):
        strides = re.search(r"cleave::Strides<([^<>]*)>", self.type_name)
        values = [int(number.rstrip("lL")) for number in re.findall(r"-?\d+[lL]*", strides[1])]
        extents = [extent for _, extent in self.axes]
        row_major = [1] * len(extents)
        for i in range(len(extents) - 2, -1, -1):
            row_major[i] = row_major[i + 1] * extents[i + 1]
        return self.array("View", int(self.value["data_"]), None if values == row_major else values)


class ShapePrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return "Shape" + dims_text(axes_of(str(self.value.type.strip_typedefs())))


def dims_value_text(dims):
    return dims_text([(chr(int(dims["letters"][i])), int(dims["extents"][i])) for i in range(int(dims["rank"]))])


class DimsPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return dims_value_text(self.value)


def node_text(node):
    """One operation, as cleave::printed spells it: `mul %0 %1 : f32[N4, C3] "name"`."""
    if int(node["op"]) == 0:
        return "no operation"
    text = node["op"].dereference()["name"].string()
    if text == "number":
        text += f" {float(node['attributes']['number']):.6f}"
    for i in range(int(node["operand_count"])):
        text += f" %{int(node['operands'][i])}"
    text += f" : {DTYPES[int(node['dtype'])]}{dims_value_text(node['dims'])}"
    name = node["name"].string()
    return f'{text} "{name}"' if name else text


class NodePrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return node_text(self.value)


class GraphPrinter:
    """One line a node, then one a result, as cleave::printed does."""

    def __init__(self, value):
        self.value = value

    def sizes(self):
        numbers = re.search(r"Graph<(\d+), (\d+)>", str(self.value.type.strip_typedefs()))
        return int(numbers[1]), int(numbers[2])

    def to_string(self):
        nodes, results = self.sizes()
        lines = [f"%{i} = {node_text(self.value['nodes'][i])}" for i in range(nodes)]
        for i in range(results):
            result = self.value["results"][i]
            of = int(result["of"])
            belongs = f" of {self.value['nodes'][of]['name'].string()}" if of >= 0 else ""
            lines.append(f"{RESULTS[int(result['role'])]} %{int(result['node'])}{belongs}")
        return f"graph of {nodes} nodes and {results} results" + "".join(f"\n  {line}" for line in lines)


class GraphViewPrinter(GraphPrinter):
    def sizes(self):
        return int(self.value["size"]), int(self.value["result_count"])


def make_printers():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("cleave")
    for name, pattern, printer in (("Tensor", "^cleave::Tensor<.*>$", TensorPrinter),
                                   ("View", "^cleave::View<.*>$", ViewPrinter),
                                   ("Shape", "^cleave::Shape<.*>$", ShapePrinter),
                                   ("Dims", "^cleave::Dims$", DimsPrinter),
                                   ("Node", "^cleave::Node$", NodePrinter),
                                   ("Graph", "^cleave::Graph<.*>$", GraphPrinter),
                                   ("GraphView", "^cleave::GraphView$", GraphViewPrinter)):
        printers.add_printer(name, pattern, printer)
    return printers


gdb.printing.register_pretty_printer(None, make_printers(), replace=True)
