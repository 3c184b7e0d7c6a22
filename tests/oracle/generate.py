#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns a folder of recorded values into C++ tests.

generate.py DIR OUT     writes OUT/unit_*.cpp, OUT/manifest.json and OUT/units.txt; leaves unchanged files alone
generate.py --check DIR only reads: says in one sentence what is malformed

The units hold types only; numbers are read from DIR while the tests run. A case that cannot be expressed stays in the
manifest with its reason."""

import glob
import json
import math
import os
import re
import sys

from mxnet_symbol import Malformed, Model, Unsupported, Value, Variable, apply_op, flag, name_axes, shape_type
from mxnet_symbol import translate
from mxnet_shape_ops import name_free_axes

CASES_A_UNIT = 8  # small units: each compiles in a few seconds
NET_CACHE = {}


def quote(text):
    return json.dumps(text)


# ---- reading --------------------------------------------------------------------------------------------------------


def read_json(path, shown):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        raise Malformed(f"{shown} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise Malformed(f"{shown} is no JSON ({error})") from error


def check_arrays(value, where):
    """Every array must hold as many numbers as its shape says."""
    if isinstance(value, dict):
        if "shape" in value and isinstance(value.get("data"), list):
            if not all(isinstance(extent, int) and extent >= 0 for extent in value["shape"]):
                raise Malformed(f"{where}: a shape holds something else than extents")
            if math.prod(value["shape"]) != len(value["data"]):
                raise Malformed(f"{where}: an array of shape {value['shape']} holds {len(value['data'])} numbers")
            return
        for key, part in value.items():
            check_arrays(part, f"{where}/{key}")
    elif isinstance(value, list):
        for i, part in enumerate(value):
            if isinstance(part, (dict, list)):
                check_arrays(part, f"{where}/{i}")


def read_families(folder):
    if not os.path.isdir(folder):
        raise Malformed(f"{folder} is no folder")
    families = []
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        shown = os.path.basename(path)
        family = read_json(path, shown)
        if not (isinstance(family, dict) and isinstance(family.get("family"), str)
                and isinstance(family.get("cases"), list)):
            raise Malformed(f'{shown} is no family: it needs "family" and "cases"')
        seen = set()
        for case in family["cases"]:
            if not (isinstance(case, dict) and isinstance(case.get("id"), str)):
                raise Malformed(f"{shown}: a case has no id")
            if case["id"] in seen:
                raise Malformed(f"{shown}: two cases have the id {case['id']}")
            seen.add(case["id"])
            if family["family"] in FAMILIES:
                check_arrays(case, f"{shown}: case {case['id']}")
        families.append((shown, family))
    if not families:
        raise Malformed(f"{folder} holds no JSON family")
    names = [family["family"] for _, family in families]
    for name in names:
        if names.count(name) > 1:
            raise Malformed(f"two files hold the family {name}")
    return families


def element_type(arrays):
    kinds = {array.get("dtype", "float32") for array in arrays}
    if kinds <= {"float32"}:
        return "float"
    if kinds <= {"float64"}:
        return "double"
    raise Unsupported(f"element type {', '.join(sorted(kinds - {'float32'}))}")


def known_keys(record, known, what):
    for key in record:
        if key not in known:
            raise Unsupported(f"{what} {key}")


# ---- slicing --------------------------------------------------------------------------------------------------------


def generate_slicing(case, folder):
    del folder
    shares = [float(share) for share in case["workloads"]]
    if not 0 < len(shares) <= 64:
        raise Unsupported("more than 64 devices")
    load = f"cleave::workload({', '.join(repr(share) for share in shares)})"
    half_up = "half_up_as_recorded"
    found = re.search(r"halves rounded up \(Scala\).*?to be (an error|\[\[.*\]\])", case.get("note", ""))
    if found:
        half_up = "half_up_starves" if found.group(1) == "an error" else "half_up_given"
    given = []
    if half_up == "half_up_given":
        given = [int(border) for border in re.findall(r"\d+", found.group(1))]
    borders = ", ".join(map(str, given))
    total = sum(shares)
    cut = f"oracle::cut<{int(case['batch'])}>({load})" if total > 0 else f"oracle::no_cut({load})"
    body = (f"  static constexpr auto cuts = {cut};\n"
            f"  oracle::check_slicing(at, oracle::erased(cuts), oracle::HalfUp::{half_up}, {{{borders}}});\n")
    return {"type": None, "body": body, "include": "slicing.hpp"}


# ---- one operator ---------------------------------------------------------------------------------------------------


def generate_op(case, folder, name_input=name_axes):
    del folder
    known_keys(case, {"id", "op", "attrs", "train", "inputs", "aux", "outputs", "head_grads", "grads", "aux_after",
                      "note"}, "field")
    if case.get("aux") or case.get("aux_after"):
        raise Unsupported("auxiliary states")
    grads = case.get("grads") or {}
    if grads and not case.get("head_grads"):
        raise Unsupported("a gradient without a head gradient")
    element = element_type(list(case["inputs"].values()) + case["outputs"])
    # Inputs that the operator takes as values become symbols; weights are made by the layer, as NAME_input.
    values = {}
    for name, array in case["inputs"].items():
        values[name] = Value(f"in_{len(values)}", name_input(array["shape"]), reaches={name})
    model = Model({"data": values["data"]} if case["op"] == "FullyConnected" else values, {})
    arguments = [Variable(name if name in model.inputs else "op_" + name) for name in case["inputs"]]
    made = apply_op(model, case["op"], "op", arguments, case["attrs"])
    made = made if isinstance(made, list) else [made]
    leaves = {name: name if name in model.inputs else "op_" + name for name in case["inputs"]}
    unused = [name for name in leaves if leaves[name] not in model.inputs and leaves[name] not in model.parameters]
    if unused:
        raise Unsupported(f"operator {case['op']} with the input {unused[0]}")
    if [y.shape or [1] for y in made] != [output["shape"] for output in case["outputs"]]:  # [1] is MXNet's scalar
        raise Unsupported(f"an output of another shape than {case['op']} has here")
    # An input that only lends its shape has no gradient to ask for; MXNet's is zero.
    reached = frozenset().union(*(y.reaches for y in made))
    wanted = [name for name in grads if grads[name] is not None]
    lent = [name for name in wanted if name in model.inputs and name not in reached and not made[0].stops]
    if any(any(grads[name]["data"]) for name in lent):
        raise Unsupported(f"a gradient of the input {lent[0]}, which is not read")
    wanted = [name for name in wanted if name not in lent]

    lines = []
    for name, value in model.inputs.items():
        leaf = f"oracle::leaf<{element}, {shape_type(value.axes)}>"
        lines.append(f"[[maybe_unused]] const auto {value.code} = {leaf}(builder, {quote(name)});")
    lines += model.lines
    for y in made:
        lines.append(f"cleave::detail::list_outputs(builder, cleave::block_grad({y.code}));")
    for i, y in enumerate(made if wanted else []):
        letters = ", ".join(f"ax::{letter}" for letter, _ in y.axes)
        lines.append(f'const auto head{i} = oracle::leaf<{element}, {shape_type(y.axes)}>(builder, "head{i}");')
        lines.append(f"cleave::detail::list_outputs(builder, cleave::sum<{letters}>({y.code} * head{i}));")
    names = "".join(f" || oracle::same(name, {quote(leaves[name])})" for name in wanted)
    rows = dict(made[0].axes).get("N", 1)
    type_text = (f"struct @ {{\n"
                 f"  static constexpr bool differentiated = {'true' if wanted else 'false'};\n"
                 f"  static constexpr cleave::extent rows = {rows};\n"
                 f"  static constexpr void trace(cleave::Builder& builder) {{\n    "
                 + "\n    ".join(lines) +
                 f"\n  }}\n"
                 f"  static constexpr cleave::GradientRequest request([[maybe_unused]] const char* name, bool) {{\n"
                 f"    return oracle::write_if(false{names});\n"
                 f"  }}\n"
                 f"}};\n")
    pairs = ", ".join(f"{{{quote(name)}, {quote(leaves[name])}}}" for name in case["inputs"])
    shapes = ", ".join("{" + ", ".join(map(str, y.shape or [1])) + "}" for y in made)
    body = f"  oracle::TypedOp<@> op;\n  oracle::check_op(at, op, {{{pairs}}}, {{{shapes}}});\n"
    return {"type": type_text, "body": body, "include": "op.hpp"}


def generate_free_op(case, folder):
    """An operator that may move or reduce any axis: none of its inputs has a batch axis."""
    return generate_op(case, folder, name_free_axes)


# ---- shapes ---------------------------------------------------------------------------------------------------------


def generate_reshape(case, folder):
    del case, folder
    return {"type": None, "body": "  oracle::check_reshape(at);\n", "include": "shapes.hpp"}


def generate_infer_shape(case, folder):
    given = case["given"]
    if case.get("error"):
        raise Unsupported("a shape given for a parameter: its layer makes it, another does not compile")
    if case.get("incomplete"):
        raise Unsupported("an input without a shape: its type holds one")
    partial = flag(case["partial"])
    if any(0 in shape[1 if partial else 0:] for shape in given.values()):
        raise Unsupported("unknown extents solved backwards: all are known while compiling")
    # an unknown leading extent is that of the batch, which any number stands for
    inputs = {}
    for name, shape in given.items():
        has_rows = shape[0] == 0 or not partial
        axes = name_axes([shape[0] or 7] + shape[1:]) if has_rows else name_free_axes(shape)
        inputs[name] = Value(f"in_{len(inputs)}", axes)
    model = Model(inputs, None)
    outputs = translate(read_json(os.path.join(folder, case["net"]), case["net"]), model)
    leaves = [f"const auto {value.code} = oracle::leaf<float, {shape_type(value.axes)}>(builder, {quote(name)});"
              for name, value in inputs.items()]
    listed = [f"cleave::detail::list_outputs(builder, {value.code});" for value in outputs]
    type_text = ("struct @ {\n  static constexpr void trace(cleave::Builder& builder) {\n    "
                 + "\n    ".join(leaves + model.lines + listed) + "\n  }\n};\n")
    return {"type": type_text, "body": "  oracle::check_shapes(at, cleave::traced<@>.view());\n",
            "include": "shapes.hpp"}


# ---- a group of devices ---------------------------------------------------------------------------------------------

CASE_KEYS = {"id", "net", "note", "contexts", "workloads", "data", "labels", "for_training", "inputs_need_grad",
             "grad_req", "arg_names", "output_names", "slices", "output_shapes", "init_args", "init_aux", "optimizer",
             "steps", "fixed_params"}
STEP_KEYS = {"is_train", "data", "label", "same_batch_as_step", "outputs_per_device", "outputs", "grads_per_device",
             "input_grads_per_device", "input_grads", "metric", "params_after", "params_per_device", "aux_after",
             "aux_per_device"}
OPTIMIZERS = {"sgd": {"learning_rate", "momentum", "wd", "clip_gradient", "rescale_grad", "lazy_update"}}
METRICS = {"accuracy", "acc", "cross-entropy", "ce", "mse"}


def check_group_fields(case):
    known_keys(case, CASE_KEYS, "field")
    for step in case["steps"]:
        known_keys(step, STEP_KEYS, "step field")
    if case.get("init_aux") or any(step.get("aux_after") or step.get("aux_per_device") for step in case["steps"]):
        raise Unsupported("auxiliary states")
    if case.get("grad_req", "write") != "write":
        raise Unsupported(f"grad_req {case['grad_req'] if isinstance(case['grad_req'], str) else 'by name'}")
    optimizer = case.get("optimizer")
    if optimizer:
        if optimizer["name"] not in OPTIMIZERS:
            raise Unsupported(f"optimizer {optimizer['name']}")
        known_keys(optimizer.get("params") or {}, OPTIMIZERS[optimizer["name"]], f"{optimizer['name']} parameter")
    batch = case["data"][0]["shape"]
    for step in case["steps"]:
        names = (step.get("metric") or {}).get("name", [])
        for name in [names] if isinstance(names, str) else names:
            if name not in METRICS:
                raise Unsupported(f"metric {name}")
        for entry in case["data"]:
            array = (step.get("data") or {}).get(entry["name"])
            if array is not None and array["shape"] != entry["shape"]:
                raise Unsupported("a batch of another size than the bound one")
            if array is None and "same_batch_as_step" not in step:
                raise Malformed(f"a step lacks the data {entry['name']}")
        if step.get("is_train") and not (step.get("label") or "same_batch_as_step" in step):
            raise Unsupported("training without labels")
    return optimizer, batch


def input_type(name, element, axes):
    parts = ", ".join("ax::N<cleave::batch>" if letter == "N" else f"ax::{letter}<{extent}>" for letter, extent in axes)
    return f'cleave::Input<{quote(name)}, {element}, {parts}>'


def generate_group(case, folder):
    optimizer, _ = check_group_fields(case)
    contexts = int(case["contexts"])
    trains = flag(case["for_training"])
    inputs = {entry["name"]: Value(f"in_{i}", name_axes(entry["shape"], entry.get("layout")), reaches={entry["name"]})
              for i, entry in enumerate(case["data"])}
    labels = {entry["name"]: entry["shape"] for entry in case.get("labels") or []}
    net = case["net"]
    if net not in NET_CACHE:
        NET_CACHE[net] = read_json(os.path.join(folder, net), net)
    symbol = NET_CACHE[net]
    if not {"nodes", "heads"} <= set(symbol):
        raise Malformed(f"{net} is no symbol: it needs nodes and heads")
    model = Model(inputs, labels if labels else None)
    outputs = translate(symbol, model)
    batches = {dict(value.axes)["N"] for value in inputs.values()}
    if len(batches) != 1:
        raise Unsupported("data with different batch sizes")
    rows = batches.pop()

    for name, shape in model.parameters.items():
        recorded = case["init_args"].get(name)
        if recorded is None:
            raise Malformed(f"init_args lacks {name}")
        if math.prod(recorded["shape"]) != math.prod(shape):
            raise Malformed(f"init_args: {name} has the shape {recorded['shape']}, the net makes it {shape}")
    unused = [name for name in case["init_args"] if name not in model.parameters]
    if unused:
        raise Unsupported(f"a parameter without a layer ({unused[0]})")
    element = element_type(list(case["init_args"].values()))
    backward = any(step.get("grads_per_device") or step.get("params_after") or step.get("input_grads")
                   for step in case["steps"] if step.get("is_train"))
    if trains and (backward or optimizer) and any(not (value.head or value.stops) for value in outputs):
        raise Unsupported("an output that is no loss head")
    trains = trains and bool(labels) and bool(model.heads)
    if any(step.get("is_train") for step in case["steps"]) and not trains:
        raise Unsupported("training without labels")
    divides = {head.divides for head in model.heads}
    if trains and len(divides) > 1:
        raise Unsupported("heads that are normalised differently")
    if any("N" not in dict(value.axes) for value in outputs):
        raise Unsupported("an output without a batch axis")
    for step in case["steps"]:
        if step.get("metric") and len(outputs) != len(labels):
            raise Unsupported("a metric over outputs without labels")
    shares = [float(share) for share in case.get("workloads") or [1] * contexts]
    if len(shares) != contexts or any(share <= 0 for share in shares):
        raise Unsupported("a workload that no type expresses")
    if any(begin >= end for begin, end in case.get("slices") or []):
        raise Unsupported("a device without rows")

    head = model.heads[0] if model.heads else None
    divides = head.divides if head else "nothing"
    difference = None
    diverge = bool(optimizer) and optimizer.get("kvstore", "local") is None and contexts > 1
    metric_names = {name for step in case["steps"] for name in
                    ([step["metric"]["name"]] if isinstance(step["metric"]["name"], str) else step["metric"]["name"])
                    } if all(step.get("metric") for step in case["steps"]) else set()
    if diverge:
        difference = "replicas never diverge"
        if divides != "nothing":
            raise Unsupported("diverging replicas with a counting head")
        if any(value.axes[0][0] != "N" for value in outputs):
            raise Unsupported("diverging replicas with a batch axis that does not lead")
    elif divides != "nothing" and contexts > 1:
        difference = f"normalization counts over all devices ({'valid' if divides == 'valid_labels' else 'batch'})"
    elif "mse" in metric_names and contexts > 1:
        difference = "metrics that are means of per-device means"

    frozen = list(case.get("fixed_params") or [])
    requests = [f"cleave::Freeze<{quote(name)}>" for name in frozen]
    for name in frozen:
        if name not in model.parameters:
            raise Unsupported("a fixed parameter that the net lacks")
    gradients_of = [name for name in inputs] if trains and flag(case.get("inputs_need_grad", False)) else []
    if trains and not {*model.parameters, *gradients_of} - {*frozen} <= model.trained:
        raise Unsupported("a parameter or input that no loss reaches")
    requests += [f"cleave::InputGradient<{quote(name)}>" for name in gradients_of]
    members = [f"using model = @::Net;",
               "using devices = cleave::Devices<" + ", ".join(f"cleave::Cpu<{d}>" for d in range(contexts)) + ">;",
               f"using batches = cleave::Batches<{rows}>;",
               "using data = cleave::Inputs<" + ", ".join(input_type(name, element, value.axes)
                                                          for name, value in inputs.items()) + ">;"]
    if trains:
        members.append("using labels = cleave::Inputs<" + ", ".join(
            input_type(name, element, model.label_axes.get(name) or name_axes(shape)) for name, shape in labels.items())
            + ">;")
    if optimizer and trains:
        members.append("using optimizer = cleave::Sgd;")
    if requests:
        members.append("using requests = cleave::Requests<" + ", ".join(requests) + ">;")
    if case.get("workloads"):
        members.append(f"static constexpr auto workload = cleave::workload({', '.join(map(repr, shares))});")
    members.append("static constexpr auto slicing = cleave::Slicing::mxnet_half_even;")
    parameters = ", ".join(f"auto {value.code}" for value in inputs.values())
    returned = outputs[0].code if len(outputs) == 1 else f"cleave::outputs({', '.join(v.code for v in outputs)})"
    evaluates = any(not step.get("is_train") for step in case["steps"])
    type_text = (f"struct @ {{\n"
                 f"  struct Net {{\n    constexpr auto operator()({parameters}) const {{\n      "
                 + "\n      ".join(model.lines) + f"\n      return {returned};\n    }}\n  }};\n"
                 f"  struct Job {{\n    " + "\n    ".join(members) + "\n  };\n"
                 f"  using parameters = oracle::Names<{', '.join(map(quote, model.parameters))}>;\n"
                 f"  using input_gradients = oracle::Names<{', '.join(map(quote, gradients_of))}>;\n"
                 f"  static constexpr bool evaluates = {'true' if evaluates else 'false'};\n"
                 f"}};\n")
    label = list(labels).index(head.label) if head and head.label in labels else 0
    body = (f"  oracle::TypedGroup<@> group;\n"
            f"  oracle::check_group(at, group, {{.divides = oracle::Divides::{divides}, "
            f".label = {label}, .ignore_label = {float(head.ignore_label) if head else -1.!r}, "
            f".replicas_diverge = {'true' if diverge else 'false'}}});\n")
    return {"type": type_text, "body": body, "include": "group.hpp", "difference": difference}


FAMILIES = {"slicing": (generate_slicing, 150), "op_fullyconnected": (generate_op, CASES_A_UNIT),
            "op_activation": (generate_op, CASES_A_UNIT), "group_mlp": (generate_group, CASES_A_UNIT),
            "op_reduce": (generate_free_op, CASES_A_UNIT), "op_dot": (generate_free_op, CASES_A_UNIT),
            "op_shape": (generate_free_op, CASES_A_UNIT), "op_reshape": (generate_reshape, 150),
            "infer_shape": (generate_infer_shape, CASES_A_UNIT)}


# ---- writing --------------------------------------------------------------------------------------------------------


def compile_cases(families, folder):
    """All cases: (file, family, id, generated or None, reason)."""
    cases = []
    for shown, family in families:
        name = family["family"]
        for case in family["cases"]:
            if name not in FAMILIES:
                cases.append((shown, name, case["id"], None, f"family {name} is not covered yet"))
                continue
            try:
                cases.append((shown, name, case["id"], FAMILIES[name][0](case, folder), None))
            except Unsupported as reason:
                cases.append((shown, name, case["id"], None, str(reason)))
            except Malformed as error:
                raise Malformed(f"{shown}: case {case['id']}: {error}") from error
            except KeyError as error:
                raise Malformed(f"{shown}: case {case['id']} lacks the field {error}") from error
            except (TypeError, ValueError, AttributeError, IndexError) as error:
                raise Malformed(f"{shown}: case {case['id']} breaks the schema ({error})") from error
    return cases


def unit_text(family, group):
    includes = sorted({generated["include"] for _, generated in group})
    types = {}  # text -> name: cases of one type share its instantiations
    blocks, entries = [], []
    for identity, generated in group:
        name = ""
        if generated["type"] is not None:
            name = types.get(generated["type"])
            if name is None:
                name = f"Type{len(types)}"
                types[generated["type"]] = name
                blocks.append(generated["type"].replace("@", name))
        function = f"run_{len(entries)}"
        blocks.append(f"void {function}(oracle::Case& at) {{ // {identity}\n{generated['body'].replace('@', name)}}}\n")
        entries.append(f"    {{{quote(family)}, {quote(identity)}, &{function}}},")
    return ("// SPDX-License-Identifier: Apache-2.0\n// Generated by tests/oracle/generate.py.\n"
            + "".join(f'#include "oracle/{include}"\n' for include in includes)
            + "\nnamespace {\n\n" + ("namespace ax = cleave::axes;\n\n" if types else "")
            + "\n".join(blocks) + "\nconst oracle::Registration registration{\n" + "\n".join(entries)
            + "\n};\n\n} // namespace\n")


def write_if_changed(path, text):
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write(cases, out):
    os.makedirs(out, exist_ok=True)
    units = []
    for family, (_, size) in FAMILIES.items():
        mine = [(identity, generated) for _, name, identity, generated, _ in cases if name == family and generated]
        mine.sort(key=lambda one: one[1]["type"] or "")  # equal types land in one unit
        for i in range(0, len(mine), size):
            unit = f"unit_{family}_{i // size}.cpp"
            write_if_changed(os.path.join(out, unit), unit_text(family, mine[i:i + size]))
            units.append(unit)
    for stale in glob.glob(os.path.join(out, "unit_*.cpp")):
        if os.path.basename(stale) not in units:
            os.remove(stale)
    manifest = [{"file": shown, "family": family, "id": identity,
                 **({"unsupported": reason} if generated is None else {}),
                 **({"difference": generated["difference"]} if generated and generated.get("difference") else {})}
                for shown, family, identity, generated, reason in cases]
    write_if_changed(os.path.join(out, "manifest.json"), json.dumps(manifest, indent=1) + "\n")
    write_if_changed(os.path.join(out, "units.txt"), "".join(unit + "\n" for unit in units))
    return units


def main(arguments):
    check = arguments[:1] == ["--check"]
    folders = arguments[1:] if check else arguments
    if len(folders) != (1 if check else 2):
        print("usage: generate.py DIR OUT, or generate.py --check DIR", file=sys.stderr)
        return 2
    try:
        cases = compile_cases(read_families(folders[0]), folders[0])
    except Malformed as error:
        print(f"oracle: {error}", file=sys.stderr)
        return 1
    if not check:
        write(cases, folders[1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
