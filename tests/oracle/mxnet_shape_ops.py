# SPDX-License-Identifier: Apache-2.0
"""Reductions, products and movement of data, as rows of mxnet_symbol.OPS."""

import ast
import math

from mxnet_symbol import OPS, Unsupported, axis, flag, number, shape_type

FREE = "CHWDEFGJKLMPQRSTUVXYZABO"  # letters of axes that are no batch axis


def name_free_axes(shape):
    """Axes of an array without a batch axis: what is recorded of an operator may move any of them."""
    return list(zip(FREE, shape))


def literal(value):
    return ast.literal_eval(value) if isinstance(value, str) else value


def listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def names(letters):
    return ", ".join(f"ax::{letter}" for letter in letters)


def position(value, axes):
    value = int(literal(value))
    return value + len(axes) if value < 0 else value


def unused(taken):
    return next(letter for letter in FREE if letter not in taken)


def reshape(model, x, axes):
    """The same elements with other axes, [(letter, extent)]."""
    if list(axes) == list(x.axes):
        return x
    types = ", ".join(axis(*one) for one in axes)
    return model.statement(f"cleave::reshape<{types}>({x.code})", list(axes), [x])


def call(model, x, text, axes):
    return model.statement(f"cleave::{text}({x.code})", axes, [x])


# ---- reductions ------------------------------------------------------------------------------------------------------


def reduction(function):
    def translate(model, name, arguments, attributes):
        del name
        x = model.value(arguments[0])
        if flag(attributes.get("exclude", False)):
            raise Unsupported("a reduction that excludes axes")
        text = function
        if function == "norm":
            order = int(literal(attributes.get("ord", 2)))
            if order not in (1, 2):
                raise Unsupported(f"norm of order {order}")
            text = "norm" if order == 2 else "norm_l1"
        where = literal(attributes.get("axis"))
        chosen = range(len(x.axes)) if where in (None, (), []) else [position(one, x.axes) for one in listed(where)]
        letters = [x.axes[i][0] for i in chosen]
        if "N" in letters and function not in ("sum", "mean"):
            raise Unsupported(f"{function} over the batch axis")
        kept = [one for one in x.axes if one[0] not in letters]
        y = call(model, x, f"{text}<{names(letters)}>", kept)
        if flag(attributes.get("keepdims", False)):
            y = reshape(model, y, [(letter, 1 if letter in letters else extent) for letter, extent in x.axes])
        return y
    return translate


# ---- products --------------------------------------------------------------------------------------------------------


def product(model, a, b, transpose_a, transpose_b, batch):
    """Contracts the last axis of a with the first of b behind the batch axes; axes of b get letters of their own."""
    inner_a = batch if transpose_a else len(a.axes) - 1
    inner_b = len(b.axes) - 1 if transpose_b else batch
    letters = {letter for letter, _ in a.axes}
    renamed = []
    for i, (_, extent) in enumerate(b.axes):
        if i < batch:
            renamed.append((a.axes[i][0], extent))
        elif i == inner_b:
            renamed.append((a.axes[inner_a][0], extent))
        else:
            renamed.append((unused(letters), extent))
            letters.add(renamed[-1][0])
    b = reshape(model, b, renamed)
    axes = a.axes[:batch] + [one for i, one in enumerate(a.axes) if i >= batch and i != inner_a]
    axes += [one for i, one in enumerate(b.axes) if i >= batch and i != inner_b]
    return model.statement(f"cleave::dot<{names(a.axes[inner_a][0])}>({a.code}, {b.code})", axes, [a, b])


def dot(batch):
    def translate(model, name, arguments, attributes):
        del name
        a, b = model.value(arguments[0]), model.value(arguments[1])
        turned = [flag(attributes.get(key, False)) for key in ("transpose_a", "transpose_b")]
        if any(turned) and (len(a.axes) != batch + 2 or len(b.axes) != batch + 2):
            raise Unsupported("dot that transposes operands of more than two axes")
        return product(model, a, b, *turned, batch)
    return translate


def gemm2(model, name, arguments, attributes):
    del name
    a, b = model.value(arguments[0]), model.value(arguments[1])
    y = product(model, a, b, flag(attributes.get("transpose_a", False)), flag(attributes.get("transpose_b", False)),
                len(a.axes) - 2)
    return model.statement(f"{number(attributes.get('alpha', 1))} * {y.code}", y.axes, [y])


# ---- joining and cutting ---------------------------------------------------------------------------------------------


def concat(model, name, arguments, attributes):
    del name
    pieces = [model.value(argument) for argument in arguments]
    at = position(attributes.get("dim", 1), pieces[0].axes)
    letter = pieces[0].axes[at][0]
    axes = list(pieces[0].axes)
    axes[at] = (letter, sum(piece.axes[at][1] for piece in pieces))
    codes = ", ".join(piece.code for piece in pieces)
    return model.statement(f"cleave::concat<ax::{letter}>({codes})", axes, pieces)


def stack(model, name, arguments, attributes):
    del name
    pieces = [model.value(argument) for argument in arguments]
    at = position(attributes.get("axis", 0), pieces[0].axes + [None])
    letter = unused({one for one, _ in pieces[0].axes})
    codes = ", ".join(piece.code for piece in pieces)
    stacked = model.statement(f"cleave::stack<ax::{letter}>({codes})", [(letter, len(pieces))] + pieces[0].axes, pieces)
    order = pieces[0].axes[:at] + [(letter, len(pieces))] + pieces[0].axes[at:]
    return transpose_to(model, stacked, order)


def slice_channel(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    count = int(attributes["num_outputs"])
    at = position(attributes.get("axis", 1), x.axes)
    letter, extent = x.axes[at]
    axes = list(x.axes)
    axes[at] = (letter, extent // count)
    pieces = model.statement(f"cleave::split<ax::{letter}, {count}>({x.code})", axes, [x])
    values = []
    for i in range(count):
        piece = model.statement(f"{pieces.code}.template get<{i}>()", axes, [pieces])
        if flag(attributes.get("squeeze_axis", False)):
            piece = call(model, piece, f"squeeze<ax::{letter}>", axes[:at] + axes[at + 1:])
        values.append(piece)
    return values


def cut(model, x, at, begin, end, step=1):
    """Python's begin:end:step along the axis at a position."""
    letter, extent = x.axes[at]
    step = 1 if step is None else step
    begin = (0 if step > 0 else -1) if begin is None else begin
    count = len(range(extent)[slice(begin, end, step)])
    if (begin, count, step) == (0, extent, 1):
        return x
    axes = list(x.axes)
    axes[at] = (letter, count)
    bound = "cleave::to_end" if end is None else end
    return call(model, x, f"slice<ax::{letter}, {begin}, {bound}, {step}>", axes)


def slice_op(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    begin, end = listed(literal(attributes["begin"])), listed(literal(attributes["end"]))
    step = listed(literal(attributes.get("step") or [None] * len(begin)))
    for i, bounds in enumerate(zip(begin, end, step)):
        x = cut(model, x, i, *bounds)
    return x


def slice_axis(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    return cut(model, x, position(attributes["axis"], x.axes), literal(attributes["begin"]),
               literal(attributes.get("end")))


def slice_like(model, name, arguments, attributes):
    del name
    x, like = model.value(arguments[0]), model.value(arguments[1])
    chosen = literal(attributes.get("axes")) or range(len(like.axes))
    for i in [position(one, x.axes) for one in chosen]:
        x = cut(model, x, i, 0, like.axes[i][1])
    return x


def crop(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    wanted = listed(literal(attributes.get("h_w", [0, 0])))
    if len(arguments) == 2:
        wanted = model.value(arguments[1]).shape[2:]
    axes = x.axes[:2] + [(letter, extent) for (letter, _), extent in zip(x.axes[2:], wanted)]
    types = ", ".join(axis(*one) for one in axes[2:])
    offsets = ", ".join(str(one) for one in listed(literal(attributes.get("offset", [0, 0]))))
    given = "" if flag(attributes.get("center_crop", False)) else f", cleave::offset<{offsets}>"
    return model.statement(f"cleave::crop<{types}>({x.code}{given})", axes, [x])


# ---- other axes for the same elements --------------------------------------------------------------------------------


def transpose_to(model, x, axes):
    if list(axes) == list(x.axes):
        return x
    return call(model, x, f"transpose<{names(letter for letter, _ in axes)}>", list(axes))


def transpose(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    order = literal(attributes.get("axes")) or range(len(x.axes))[::-1]
    return transpose_to(model, x, [x.axes[i] for i in order])


def swap_axis(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    i, j = (position(attributes.get(key, 0), x.axes) for key in ("dim1", "dim2"))
    axes = list(x.axes)
    axes[i], axes[j] = axes[j], axes[i]
    return transpose_to(model, x, axes)


def flatten(model, name, arguments, attributes):
    del name, attributes
    x = model.value(arguments[0])
    rest = (x.axes[1][0] if len(x.axes) > 1 else unused({x.axes[0][0]}), math.prod(x.shape[1:]))
    return reshape(model, x, [x.axes[0], rest])


def expand_dims(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    at = position(attributes["axis"], x.axes + [None])
    new = (unused({letter for letter, _ in x.axes}), 1)
    return transpose_to(model, call(model, x, f"insert_axis<ax::{new[0]}>", [new] + x.axes),
                        x.axes[:at] + [new] + x.axes[at:])


def squeeze(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    where = literal(attributes.get("axis"))
    chosen = [i for i, extent in enumerate(x.shape) if extent == 1] if where is None else \
        [position(one, x.axes) for one in listed(where)]
    for letter in [x.axes[i][0] for i in chosen]:
        x = call(model, x, f"squeeze<ax::{letter}>", [one for one in x.axes if one[0] != letter])
    return x


# ---- copies ----------------------------------------------------------------------------------------------------------


def along(model, x, function, at, times):
    letter, extent = x.axes[at]
    axes = list(x.axes)
    axes[at] = (letter, extent * times)
    return call(model, x, f"{function}<ax::{letter}, {times}>", axes) if times != 1 else x


def tile(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    times = listed(literal(attributes["reps"]))
    while len(x.axes) < len(times):
        new = (unused({letter for letter, _ in x.axes}), 1)
        x = call(model, x, f"insert_axis<ax::{new[0]}>", [new] + x.axes)
    times = [1] * (len(x.axes) - len(times)) + times
    for i, count in enumerate(times):
        x = along(model, x, "tile", i, count)
    return x


def repeat(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    where = literal(attributes.get("axis"))
    if where is None:
        x = reshape(model, x, [(x.axes[0][0], math.prod(x.shape))])
        where = 0
    return along(model, x, "repeat", position(where, x.axes), int(attributes["repeats"]))


def reverse(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    for at in listed(literal(attributes["axis"])):
        x = call(model, x, f"flip<ax::{x.axes[position(at, x.axes)][0]}>", x.axes)
    return x


def pad(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    widths = listed(literal(attributes["pad_width"]))
    mode = attributes["mode"]
    for i, (before, after) in enumerate(zip(widths[::2], widths[1::2])):
        if before == after == 0:
            continue
        letter, extent = x.axes[i]
        axes = list(x.axes)
        axes[i] = (letter, extent + before + after)
        if mode == "constant":
            value = number(attributes.get("constant_value", 0))
            x = model.statement(f"cleave::pad<ax::{letter}, {before}, {after}>({x.code}, {value})", axes, [x])
        else:
            x = call(model, x, f"pad<ax::{letter}, {before}, {after}, cleave::Padding::{mode}>", axes)
    return x


def up_sampling(model, name, arguments, attributes):
    del name
    if attributes["sample_type"] != "nearest" or len(arguments) != 1:
        raise Unsupported(f"UpSampling {attributes['sample_type']} of {len(arguments)} inputs")
    x = model.value(arguments[0])
    times = int(attributes["scale"])
    larger = ", ".join(axis(letter, times) for letter, _ in x.axes[2:])
    axes = x.axes[:2] + [(letter, extent * times) for letter, extent in x.axes[2:]]
    return call(model, x, f"upsample<{larger}>", axes)


def spread(model, x, extents):
    """Axes of one element become as long as is said."""
    axes = [(letter, extents.get(i, extent)) for i, (letter, extent) in enumerate(x.axes)]
    for i, (letter, extent) in enumerate(list(x.axes)):
        if extent == 1 and axes[i][1] != 1:
            x = call(model, x, f"squeeze<ax::{letter}>", [one for one in x.axes if one[0] != letter])
    return call(model, x, f"broadcast_to<{shape_type(axes)}>", axes)


def broadcast_axis(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    where, sizes = listed(literal(attributes["axis"])), listed(literal(attributes["size"]))
    return spread(model, x, {position(i, x.axes): size for i, size in zip(where, sizes)})


def broadcast_to(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    wanted = listed(literal(attributes["shape"]))
    return spread(model, x, {i: size for i, size in enumerate(wanted) if size != 0})


def depth_to_space(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    block = int(attributes["block_size"])
    letters = [letter for letter, _ in x.axes]
    axes = list(zip([unused({"C", "H", "W"}), "C", "H", "W"], x.shape))
    y = reshape(model, x, axes)
    shape = [x.shape[0], x.shape[1] // block ** 2, x.shape[2] * block, x.shape[3] * block]
    y = call(model, y, f"depth_to_space<{block}>", list(zip([letter for letter, _ in axes], shape)))
    return reshape(model, y, list(zip(letters, shape)))


OPS.update({
    "sum": reduction("sum"), "sum_axis": reduction("sum"), "mean": reduction("mean"), "max": reduction("max"),
    "min": reduction("min"), "prod": reduction("prod"), "nansum": reduction("nansum"), "norm": reduction("norm"),
    "dot": dot(0), "batch_dot": dot(1), "linalg_gemm2": gemm2, "_linalg_gemm2": gemm2,
    "Concat": concat, "concat": concat, "stack": stack, "SliceChannel": slice_channel, "split": slice_channel,
    "slice": slice_op, "crop": slice_op, "slice_axis": slice_axis, "slice_like": slice_like, "Crop": crop,
    "SwapAxis": swap_axis, "swapaxes": swap_axis, "transpose": transpose, "Flatten": flatten, "flatten": flatten,
    "expand_dims": expand_dims, "squeeze": squeeze, "tile": tile, "repeat": repeat, "reverse": reverse,
    "flip": reverse, "Pad": pad, "pad": pad, "UpSampling": up_sampling, "broadcast_axis": broadcast_axis,
    "broadcast_to": broadcast_to, "depth_to_space": depth_to_space,
})
