# SPDX-License-Identifier: Apache-2.0
"""From a symbol of MXNet (its JSON) to the body of a Cleave model. One table, OPS, says which operator becomes which
call; what it lacks raises Unsupported with the reason."""

LETTERS = "NCHWDE"  # axes by position where a layout does not name them; max_rank of them
FORBIDDEN = "IO"  # I has no alias, O is the new axis of weights


class Malformed(Exception):
    """The folder breaks the schema."""


class Unsupported(Exception):
    """The case is legal, and not covered."""


class Variable:
    """A node without inputs: data, label or parameter."""

    def __init__(self, name):
        self.name = name


class Value:
    """What an operator returns: a C++ name and its axes, [(letter, extent)]; and the names of the parameters and inputs
    to which a gradient of it flows."""

    def __init__(self, code, axes, head=None, stops=False, reaches=frozenset()):
        self.code, self.axes, self.head, self.stops, self.reaches = code, axes, head, stops, reaches

    @property
    def shape(self):
        return [extent for _, extent in self.axes]


class Head:
    """A loss head: the label it reads, and by what MXNet divides its gradient inside the head."""

    def __init__(self, label, divides, ignore_label=-1.):
        self.label, self.divides, self.ignore_label = label, divides, ignore_label


def flag(value):
    return str(value) in ("True", "true", "1")


def number(value):
    return repr(float(value))


def axis(letter, extent):
    return f"ax::{letter}<{extent}>"


def shape_type(axes):
    return "cleave::Shape<" + ", ".join(axis(*one) for one in axes) + ">"


def name_axes(shape, layout=None):
    if layout:
        if len(layout) != len(shape) or len(set(layout)) != len(layout) or "N" not in layout:
            raise Unsupported(f"layout {layout}")
        if any(letter in FORBIDDEN or not letter.isupper() for letter in layout):
            raise Unsupported(f"layout {layout}")
        return list(zip(layout, shape))
    if len(shape) > len(LETTERS) or not shape:
        raise Unsupported(f"input of rank {len(shape)}")
    return list(zip(LETTERS, shape))


class Model:
    """Collects the statements of a model's body, its parameters and its heads."""

    def __init__(self, inputs, labels):
        self.inputs = inputs  # name -> Value
        self.label_shapes = labels  # name -> shape, as recorded; None where there are none
        self.label_axes = {}
        self.parameters = {}  # name -> shape
        self.heads = []
        self.trained = set()  # names to which the gradient of a head flows
        self.lines = []

    def value(self, argument):
        if isinstance(argument, Value):
            return argument
        if argument.name in self.inputs:
            return self.inputs[argument.name]
        raise Unsupported("a parameter or label used outside a layer")

    def parameter(self, argument, name, shape):
        if not isinstance(argument, Variable):
            raise Unsupported("a computed weight")
        if argument.name != name or name in self.inputs:
            raise Unsupported("a weight that is not named after its layer")
        if name in self.parameters:
            raise Unsupported("a parameter shared by two layers")
        self.parameters[name] = shape

    def label(self, argument, name, choices):
        """Fixes the axes of a head's label: the first of `choices` that has the recorded shape."""
        if not isinstance(argument, Variable) or argument.name != name + "_label":
            raise Unsupported("a label that is not named after its head")
        if self.label_shapes is not None:
            if argument.name not in self.label_shapes:
                raise Unsupported("a head without a label input")
            recorded = self.label_shapes[argument.name]
            fits = [axes for axes in choices if [extent for _, extent in axes] == recorded]
            if not fits:
                raise Unsupported("a label of another shape than its head's")
            self.label_axes[argument.name] = fits[0]
        return argument.name

    def statement(self, code, axes, operands, parameters=(), **facts):
        name = f"v{len(self.lines)}"
        self.lines.append(f"const auto {name} = {code};")
        reaches = frozenset(parameters).union(*(operand.reaches for operand in operands))
        value = Value(name, axes, reaches=frozenset() if facts.get("stops") else reaches, **facts)
        if value.head:
            self.heads.append(value.head)
            self.trained |= reaches
        return value


# ---- the table: MXNet's operator -> a function that appends Cleave's call ----------------------------------------


def unary(call, stops=False):
    def translate(model, name, arguments, attributes):
        del name, attributes
        x = model.value(arguments[0])
        return model.statement(f"{call}({x.code})", x.axes, [x], stops=stops)
    return translate


def binary(form, stops=False):
    """`form` with {a} and {b}; a sign stands for "{a} sign {b}". Shapes broadcast by name."""
    form = form if "{" in form else f"{{a}} {form} {{b}}"

    def translate(model, name, arguments, attributes):
        del name, attributes
        a, b = model.value(arguments[0]), model.value(arguments[1])
        large, small = (a, b) if len(a.axes) >= len(b.axes) else (b, a)
        if not set(small.axes) <= set(large.axes):
            raise Unsupported("arithmetic between different shapes")
        return model.statement(form.format(a=a.code, b=b.code), large.axes, [a, b], stops=stops)
    return translate


def two_sided(name, stops=False):
    return binary(f"cleave::{name}({{a}}, {{b}})", stops)


def add_n(model, name, arguments, attributes):
    del name, attributes
    operands = [model.value(argument) for argument in arguments]
    return model.statement(f"cleave::add_n({', '.join(x.code for x in operands)})", operands[0].axes, operands)


def scalar(form):
    def translate(model, name, arguments, attributes):
        del name
        x = model.value(arguments[0])
        return model.statement(form.format(x=x.code, s=number(attributes["scalar"])), x.axes, [x])
    return translate


def activation(model, name, arguments, attributes):
    calls = {"relu", "tanh", "sigmoid", "softrelu", "softsign"}
    kind = attributes["act_type"]
    if kind not in calls:
        raise Unsupported(f"Activation {kind}")
    return unary(f"cleave::{kind}")(model, name, arguments, attributes)


def leaky_relu(model, name, arguments, attributes):
    del name
    kind = attributes.get("act_type", "leaky")
    x = model.value(arguments[0])
    slope = number(attributes.get("slope", 0.25))
    calls = {"leaky": f"leaky_relu({x.code}, {slope})", "elu": f"elu({x.code}, {slope})", "selu": f"selu({x.code})",
             "gelu": f"gelu({x.code})"}
    if kind == "prelu":
        gamma = model.value(arguments[1])
        return model.statement(f"cleave::prelu({x.code}, {gamma.code})", x.axes, [x, gamma])
    if kind not in calls:
        raise Unsupported(f"LeakyReLU {kind}")
    return model.statement(f"cleave::{calls[kind]}", x.axes, [x])


def cast(model, name, arguments, attributes):
    del name
    types = {"float32": "float", "float64": "double", "int32": "std::int32_t", "int64": "std::int64_t",
             "uint8": "std::uint8_t"}
    if attributes["dtype"] not in types:
        raise Unsupported(f"Cast to {attributes['dtype']}")
    x = model.value(arguments[0])
    return model.statement(f"cleave::cast<{types[attributes['dtype']]}>({x.code})", x.axes, [x],
                           stops="float" not in attributes["dtype"])


def along(call, default=-1):
    """softmax and its kin along one axis."""
    def translate(model, name, arguments, attributes):
        del name
        x = model.value(arguments[0])
        if attributes.get("use_length") not in (None, False, "False"):
            raise Unsupported("softmax use_length")
        letter = x.axes[int(attributes.get("axis", default))][0]
        temperature = attributes.get("temperature")
        more = "" if temperature in (None, "None") else f", {{.temperature = {number(temperature)}}}"
        if attributes.get("mode", "instance") != "instance":
            raise Unsupported("SoftmaxActivation over channels")
        return model.statement(f"cleave::{call}<ax::{letter}>({x.code}{more})", x.axes, [x])
    return translate


def softmax_cross_entropy(model, name, arguments, attributes):
    del name, attributes
    x, label = model.value(arguments[0]), model.value(arguments[1])
    return model.statement(f"cleave::sum(cleave::cross_entropy<ax::{x.axes[-1][0]}>({x.code}, {label.code}))", [], [x])


def smooth_l1(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    return model.statement(f"cleave::smooth_l1({x.code}, {number(attributes.get('scalar', 1))})", x.axes, [x])


def dropout(model, name, arguments, attributes):
    x = model.value(arguments[0])
    letters = "".join(f", ax::{x.axes[int(at)][0]}" for at in attributes.get("axes") or [])
    mode = ", cleave::DropoutMode::always" if attributes.get("mode", "training") == "always" else ""
    return model.statement(f'cleave::dropout<"{name}"{letters}>({x.code}, {number(attributes.get("p", 0.5))}{mode})',
                           x.axes, [x])


def fully_connected(model, name, arguments, attributes):
    x = model.value(arguments[0])
    hidden = int(attributes["num_hidden"])
    contracted = x.axes[1:] if flag(attributes.get("flatten", True)) else x.axes[-1:]
    rest = x.axes[:len(x.axes) - len(contracted)]
    if not contracted or any(letter == "N" for letter, _ in contracted):
        raise Unsupported("FullyConnected over the batch axis")
    bias = not flag(attributes.get("no_bias", False))
    parameters = [name + "_weight"] + ([name + "_bias"] if bias else [])
    model.parameter(arguments[1], parameters[0], [hidden] + [extent for _, extent in contracted])
    if bias:
        model.parameter(arguments[2], parameters[1], [hidden])
    out = (contracted[0][0], hidden)
    letters = "" if len(contracted) == 1 else "".join(f", '{letter}'" for letter, _ in contracted)
    more = "" if bias else ", cleave::Bias::no"
    return model.statement(f'cleave::linear<"{name}", {axis(*out)}{letters}>({x.code}{more})', rest + [out], [x],
                           parameters)


def class_axes(x, attributes):
    """The axes that hold the classes of SoftmaxOutput."""
    if flag(attributes.get("multi_output", False)):
        return x.axes[1:2]
    return x.axes[-1:] if len(x.axes) == 2 or flag(attributes.get("preserve_shape", False)) else x.axes[1:]


def softmax_output(model, name, arguments, attributes):
    x = model.value(arguments[0])
    classes = class_axes(x, attributes)
    label = model.label(arguments[1], name, [[one for one in x.axes if one not in classes], x.axes])
    probabilities = model.label_axes.get(label) == x.axes
    normalization = attributes.get("normalization", "null")
    divides = {"null": "nothing", "batch": "rows", "valid": "valid_labels"}.get(normalization)
    if divides is None:
        raise Unsupported(f"SoftmaxOutput normalization {normalization}")
    if probabilities:
        divides = "nothing"
    ignore = float(attributes.get("ignore_label", -1))
    positions = (flag(attributes.get("multi_output", False)) and normalization != "valid") or (
        len(x.axes) > 2 and normalization == "batch")
    options = (f"{{.grad_scale = {number(attributes.get('grad_scale', 1))}, "
               f".use_ignore = {'true' if flag(attributes.get('use_ignore', False)) else 'false'}, "
               f".ignore_label = {number(ignore)}, "
               f".normalization = cleave::Normalization::{'valid' if normalization == 'valid' else 'rows'}, "
               f".smooth_alpha = {number(attributes.get('smooth_alpha', 0))}, "
               f".out_grad = {'true' if flag(attributes.get('out_grad', False)) else 'false'}, "
               f".average_positions = {'true' if positions else 'false'}}}")
    letters = "" if classes == x.axes[-1:] else "".join(f", ax::{letter}" for letter, _ in classes)
    return model.statement(f'cleave::softmax_output<"{name}"{letters}>({x.code}, {options})', x.axes, [x],
                           head=Head(label, divides, ignore))


def regression_output(call):
    def translate(model, name, arguments, attributes):
        x = model.value(arguments[0])
        label = model.label(arguments[1], name, [x.axes, [one for one in x.axes if one[1] != 1 or one[0] == "N"]])
        scale = number(attributes.get("grad_scale", 1))
        return model.statement(f'cleave::{call}<"{name}">({x.code}, {scale})', x.axes, [x],
                               head=Head(label, "nothing"))
    return translate


def svm_output(model, name, arguments, attributes):
    x = model.value(arguments[0])
    label = model.label(arguments[1], name, [x.axes[:-1]])
    options = (f"{{.margin = {number(attributes.get('margin', 1))}, "
               f".regularization = {number(attributes.get('regularization_coefficient', 1))}, "
               f".linear = {'true' if flag(attributes.get('use_linear', False)) else 'false'}}}")
    return model.statement(f'cleave::svm_output<"{name}">({x.code}, {options})', x.axes, [x],
                           head=Head(label, "nothing"))


def make_loss(model, name, arguments, attributes):
    del name
    x = model.value(arguments[0])
    normalization = attributes.get("normalization", "null")
    divides = {"null": "nothing", "batch": "rows", "valid": "valid_labels"}[normalization]
    options = (f"{{.grad_scale = {number(attributes.get('grad_scale', 1))}, "
               f".normalization = cleave::Normalization::{'valid' if normalization == 'valid' else 'rows'}, "
               f".valid_thresh = {number(attributes.get('valid_thresh', 0))}}}")
    return model.statement(f"cleave::make_loss({x.code}, {options})", x.axes, [x], head=Head(None, divides))


# Functions of the same name here and there: {MXNet's name: Cleave's}, and those through which nothing flows back.
SAME = ("relu tanh sigmoid softsign exp log sqrt square abs rsqrt reciprocal sin cos log1p expm1 cbrt "
        "tan arcsin:asin arccos:acos arctan:atan sinh cosh arcsinh:asinh arccosh:acosh arctanh:atanh erf log2 log10 "
        "hard_sigmoid").split()
STEPS = "sign floor ceil round rint trunc fix logical_not".split()
TWO = ("maximum minimum power hypot mod:modulo").split()
COMPARISONS = ("equal not_equal greater greater_equal lesser:less lesser_equal:less_equal logical_and logical_or "
               "logical_xor").split()


def renamed(names):
    return [(one.split(":")[0], one.split(":")[-1]) for one in names]


OPS = {
    "FullyConnected": fully_connected,
    "Activation": activation,
    "negative": unary("-"),
    "BlockGrad": unary("cleave::block_grad", stops=True),
    "SoftmaxOutput": softmax_output,
    "LeakyReLU": leaky_relu,
    "LinearRegressionOutput": regression_output("linear_regression_output"),
    "LogisticRegressionOutput": regression_output("logistic_regression_output"),
    "MAERegressionOutput": regression_output("mae_regression_output"),
    "SVMOutput": svm_output,
    "MakeLoss": make_loss,
    "softmax": along("softmax"),
    "log_softmax": along("log_softmax"),
    "softmin": along("softmin"),
    "SoftmaxActivation": along("softmax"),
    "softmax_cross_entropy": softmax_cross_entropy,
    "smooth_l1": smooth_l1,
    "Dropout": dropout,
    "Cast": cast,
    "add_n": add_n,
    "broadcast_add": binary("+"),
    "broadcast_sub": binary("-"),
    "broadcast_mul": binary("*"),
    "broadcast_div": binary("/"),
    "elemwise_add": binary("+"),
    "elemwise_sub": binary("-"),
    "elemwise_mul": binary("*"),
    "elemwise_div": binary("/"),
    "_plus_scalar": scalar("{x} + {s}"),
    "_minus_scalar": scalar("{x} - {s}"),
    "_rminus_scalar": scalar("{s} - {x}"),
    "_mul_scalar": scalar("{x} * {s}"),
    "_div_scalar": scalar("{x} / {s}"),
    "_rdiv_scalar": scalar("{s} / {x}"),
    "_power_scalar": scalar("cleave::power({x}, {s})"),
    "_rpower_scalar": scalar("cleave::power({s}, {x})"),
    "_maximum_scalar": scalar("cleave::maximum({x}, {s})"),
    "_minimum_scalar": scalar("cleave::minimum({x}, {s})"),
    **{theirs: unary(f"cleave::{ours}") for theirs, ours in renamed(SAME)},
    **{name: unary(f"cleave::{name}", stops=True) for name in STEPS},
    **{f"broadcast_{theirs}": two_sided(ours) for theirs, ours in renamed(TWO)},
    **{f"broadcast_{theirs}": two_sided(ours, stops=True) for theirs, ours in renamed(COMPARISONS)},
}
ALIASES = {
    "_Plus": "elemwise_add", "_plus": "elemwise_add", "_add": "elemwise_add",
    "_Minus": "elemwise_sub", "_minus": "elemwise_sub", "_sub": "elemwise_sub",
    "_Mul": "elemwise_mul", "_mul": "elemwise_mul", "_Div": "elemwise_div", "_div": "elemwise_div",
    "_PlusScalar": "_plus_scalar", "_MinusScalar": "_minus_scalar", "_RMinusScalar": "_rminus_scalar",
    "_MulScalar": "_mul_scalar", "_DivScalar": "_div_scalar", "_RDivScalar": "_rdiv_scalar",
    "stop_gradient": "BlockGrad", "make_loss": "MakeLoss", "ElementWiseSum": "add_n", "cast": "Cast",
}


def apply_op(model, op, name, arguments, attributes):
    """Appends one operator; `arguments` are Values and Variables in MXNet's order."""
    op = op.removeprefix("_internal.")
    translate = OPS.get(ALIASES.get(op, op))
    if translate is None:
        raise Unsupported(f"operator {op}")
    special = [key for key in attributes if key.startswith("__") and key not in ("__layout__", "__shape__")]
    if special:
        raise Unsupported(f"attribute {special[0]}")
    try:
        return translate(model, name, arguments, attributes)
    except (KeyError, IndexError, ValueError) as error:
        raise Malformed(f"operator {op} named {name} lacks an argument or attribute ({error})") from error


def output_of(results, source):
    """One output of an earlier node: [node, output, version]."""
    made = results[source[0]]
    index = source[1] if len(source) > 1 else 0
    if isinstance(made, list):
        return made[index]
    if index != 0:
        raise Unsupported("an operator with several outputs")
    return made


def translate(symbol, model):
    """Runs through a symbol's nodes; returns its outputs."""
    results = []
    for node in symbol["nodes"]:
        attributes = node.get("attrs") or node.get("param") or node.get("attr") or {}
        if node["op"] == "null":
            multipliers = [key for key in attributes if key in ("__lr_mult__", "__wd_mult__", "lr_mult", "wd_mult")]
            if multipliers:
                raise Unsupported(f"attribute {multipliers[0]}")
            results.append(Variable(node["name"]))
            continue
        arguments = [output_of(results, source) for source in node["inputs"]]
        results.append(apply_op(model, node["op"], node["name"], arguments, attributes))
    outputs = []
    for source in symbol["heads"]:
        outputs.append(model.value(output_of(results, source)))
    return outputs
