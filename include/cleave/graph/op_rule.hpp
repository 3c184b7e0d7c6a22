// SPDX-License-Identifier: Apache-2.0
// What passes know of an operation: a record of facts and functions that the operation's struct fills. Passes only
// follow these pointers, they never name an operation.
#pragma once

#include <cleave/graph/builder.hpp>
#include <cleave/graph/kernel.hpp>
#include <cleave/graph/placement.hpp>

#include <type_traits>

namespace cleave {

enum class OpKind : unsigned char {
  leaf,        ///< holds what comes from outside: inputs, parameters, numbers
  elementwise, ///< fused with its neighbours into one loop
  kernel,      ///< runs as a compiled kernel of its own
};

/// What `infer` is given and fills.
struct Inference {
  const Node* operands[max_operands]{};
  int operand_count = 0;
  Attributes attributes{};
  bool in_graph = true; ///< rows of a batch may lie on several devices; of tensors they do not
  Dims dims{};          // result
  DType dtype{};        // result
  Fault fault{};        // result
};

/// What `vjp` is given: the node, its value, the cotangent of its value.
struct Vjp {
  Builder* builder = nullptr;
  Node node{};
  Value y{};
  Value dy{}; ///< without a builder where nothing flows in (loss heads)

  [[nodiscard]] constexpr Value x(int operand) const { return {builder, node.operands[operand]}; }
  [[nodiscard]] constexpr Dims dims_of_x(int operand) const { return (*builder)[node.operands[operand]].dims; }
};

/// What `vjp` returns: a cotangent an operand (absent where nothing flows), and how heads are normalised.
struct Cotangents {
  Value operands[max_operands];
  Normaliser normaliser = Normaliser::unset;
  Value count;         ///< for Normaliser::counted
  bool scaled = false; ///< of a head: its gradient is multiplied by the cotangent after all

  constexpr Cotangents() = default;
  constexpr Cotangents(Value a)
      : operands{a} {} // NOLINT(google-explicit-constructor,hicpp-explicit-conversions): vjp returns {dx}
  constexpr Cotangents(Value a, Value b) : operands{a, b} {}
  constexpr Cotangents(Value a, Value b, Value c) : operands{a, b, c} {}

  /// Whether anything flows back at all.
  [[nodiscard]] constexpr bool flows() const {
    for (const Value& cotangent : operands) {
      if (cotangent) {
        return true;
      }
    }
    return false;
  }
};

/// What `place` is given and returns.
struct PlaceRequest {
  GraphView graph{};
  Id node = no_id;
  const Placement* placements = nullptr; ///< of all earlier nodes

  [[nodiscard]] constexpr const Node& at() const { return graph[node]; }
  [[nodiscard]] constexpr Placement operand(int i) const { return placements[at().operands[i]]; }
  [[nodiscard]] constexpr const Dims& dims_of_operand(int i) const { return graph[at().operands[i]].dims; }
};
struct Placed {
  Placement placement = Placement::replicated;
  Rule broken = Rule::none;
};

/// Computes an operation on numbers; false where the result is no constant that is safe to write down.
using Fold = bool (*)(const double* operands, DType dtype, double& result);

/// The operand that changes nothing, where there is one.
struct Neutral {
  bool exists = false;
  double value = 0;
  constexpr Neutral() = default;
  constexpr Neutral(double number) // NOLINT(google-explicit-constructor,hicpp-explicit-conversions): .right = 1
      : exists(true), value(number) {}
};

/// The laws of an elementwise operation that `simplify` and `cse` may use. A law may be stated only where it holds for
/// every operand, NaN and infinities included; the sign of a zero is the one thing that may change (x + 0 = x).
struct Algebra {
  bool commutative = false; ///< f(a, b) = f(b, a)
  bool involution = false;  ///< f(f(x)) = x
  bool idempotent = false;  ///< f(f(x)) = f(x)
  bool copies = false;      ///< f(x) = x, or x spread along axes it lacks
  bool negates = false;     ///< f(x) = -x
  bool odd_in_each = false; ///< f(-a, b) = f(a, -b) = -f(a, b)
  bool folds = false;       ///< `apply` is a constant expression and is rounded as it is at run time
  // (Initialised, or g++ warns of designated initialisers that leave them out.)
  Neutral left{};  // NOLINT(readability-redundant-member-init): f(left, x) = x
  Neutral right{}; // NOLINT(readability-redundant-member-init): f(x, right) = x
};

struct OpRule {
  std::uint64_t key = 0; ///< of the operation's struct; rules are compared by it, see is_op
  const char* name = "";
  OpKind kind = OpKind::leaf;
  Linearity linearity = Linearity::none;
  bool is_head = false;        ///< a loss: its gradient needs no cotangent and ignores the one that comes
  bool stops_gradient = false; ///< nothing flows to its operands
  double flops = 0;            ///< per element of the result
  void (*infer)(Inference& at) = nullptr;
  Cotangents (*vjp)(const Vjp& at) = nullptr;
  Placed (*place)(const PlaceRequest& at) = nullptr;
  KernelCall (*lower)(const GraphView& graph, Id node) = nullptr;
  double (*count_flops)(const GraphView& graph, Id node) = nullptr; ///< null: flops times elements
  Algebra algebra{};
  Fold fold = nullptr;                             ///< null: its results are no constants
  const OpRule* (*with_negated_right)() = nullptr; ///< null, or the operation g with g(a, b) = f(a, -b)
  // Whether they are there. Passes ask these: see is_op on addresses.
  bool counts_flops = false;
  bool has_negated_right = false;
};

namespace detail {

/// A hash (FNV-1a, 64 bits) of the struct's full name, as the compiler spells it.
template <class Op>
constexpr std::uint64_t op_key() {
  std::uint64_t hash = 14695981039346656037U;
  for (const char* s = __PRETTY_FUNCTION__; *s != '\0'; ++s) {
    hash = (hash ^ static_cast<unsigned char>(*s)) * 1099511628211U;
  }
  return hash;
}

/// Numbers that are added, multiplied and divided without overflow, underflow or a subnormal result.
constexpr bool safe_to_fold(double x, DType dtype) {
  const double size = x < 0 ? -x : x;
  const bool wide = dtype == DType::f64;
  return size == 0 || (size >= (wide ? 1e-150 : 1.2e-38) && size <= (wide ? 1e150 : 3.4e38));
}

template <class Op, class T>
constexpr double fold_in(const double* x) {
  if constexpr (requires { Op::apply(T{}, T{}); }) {
    return static_cast<double>(Op::apply(static_cast<T>(x[0]), static_cast<T>(x[1])));
  } else {
    return static_cast<double>(Op::apply(static_cast<T>(x[0])));
  }
}

/// Folds in the element's own type, so that the constant has the bits a kernel would compute. Whatever could overflow,
/// become subnormal (kernels may flush those) or divide by zero is left to the kernel.
template <class Op>
constexpr bool fold_numbers(const double* x, DType dtype, double& result) {
  constexpr bool binary = requires { Op::apply(double{}, double{}); };
  if (!safe_to_fold(x[0], dtype) || (binary && !safe_to_fold(x[1], dtype)) ||
      (binary && Op::linearity == Linearity::first && x[1] == 0)) {
    return false;
  }
  if (dtype == DType::f32 && !safe_to_fold(fold_in<Op, double>(x), dtype)) {
    return false;
  }
  result = dtype == DType::f64 ? fold_in<Op, double>(x) : fold_in<Op, float>(x);
  return true;
}

template <class Op>
constexpr Fold fold_of() {
  if constexpr (Op::algebra.folds) {
    return &fold_numbers<Op>;
  } else {
    return nullptr;
  }
}

} // namespace detail

namespace detail {

/// Whether a function was named, not null: a question about a type, which no sanitizer makes one of run time.
template <auto Function>
inline constexpr bool is_given =
    !std::is_same_v<std::integral_constant<decltype(Function), Function>,
                    std::integral_constant<decltype(Function), static_cast<decltype(Function)>(nullptr)>>;

} // namespace detail

/// The rule of an operation.
template <class Op>
inline constexpr OpRule rule{detail::op_key<Op>(),
                             Op::name.value,
                             Op::kind,
                             Op::linearity,
                             Op::is_head,
                             Op::stops_gradient,
                             Op::flops,
                             &Op::infer,
                             &Op::vjp,
                             &Op::place,
                             Op::lower,
                             Op::count_flops,
                             Op::algebra,
                             detail::fold_of<Op>(),
                             Op::with_negated_right,
                             detail::is_given<Op::count_flops>,
                             detail::is_given<Op::with_negated_right>};

/// Whether a node is an `Op`. Compares keys, not addresses: under -fsanitize=undefined g++ folds no comparison of the
/// addresses of inline variables.
template <class Op>
constexpr bool is_op(const Node& node) {
  return node.op->key == rule<Op>.key;
}

/// The operation of a rule: one specialisation each, made by CLEAVE_OP.
template <const OpRule* Which>
struct op_of {
  static_assert(Which == nullptr, "op_of: this operation is not registered; add CLEAVE_OP(its struct) at global scope, "
                                  "after the struct");
};

// NOLINTBEGIN(bugprone-macro-parentheses): the argument is a type
/// Registers an elementwise operation, so that fused types can name it. At global scope.
#define CLEAVE_OP(Op)                                                                                                  \
  template <>                                                                                                          \
  struct cleave::op_of<&cleave::rule<Op>> {                                                                            \
    using type = Op;                                                                                                   \
  };
// NOLINTEND(bugprone-macro-parentheses)

constexpr Value Builder::leaf(const OpRule* op, const char* name, const Dims& dims, DType dtype) {
  if (find(name) != no_id) {
    report({Rule::name_used_twice, op->name, name, '\0', graph_.nodes[find(name)].dims, dims});
  }
  Node node;
  node.op = op;
  node.dims = dims;
  node.dtype = dtype;
  node.name = name;
  const Id id = push(node);
  note(id);
  return {this, id};
}

constexpr Value Builder::apply(const OpRule* op, const Attributes& attributes, const Id* operands, int count,
                               const char* name) {
  Inference at;
  at.operand_count = count;
  at.attributes = attributes;
  Node node;
  node.op = op;
  node.operand_count = count;
  node.attributes = attributes;
  node.name = name;
  for (int i = 0; i < count; ++i) {
    node.operands[i] = operands[i];
    at.operands[i] = &graph_.nodes[operands[i]];
  }
  op->infer(at);
  if (at.fault) {
    if (at.fault.op[0] == '\0') {
      at.fault.op = op->name;
    }
    graph_.report(at.fault);
  }
  node.dims = at.dims;
  node.dtype = at.dtype;
  return {this, push(node)};
}

template <class Op, class... X>
constexpr Value Value::apply(const X&... x) {
  Builder* builder = nullptr;
  DType dtype = DType::f32;
  const auto see = [&](const auto& operand) {
    if constexpr (requires { operand.builder; }) {
      builder = operand.builder;
      dtype = (*builder)[operand.id].dtype;
    }
  };
  (see(x), ...);
  const auto id_of = [&](const auto& operand) -> Id {
    if constexpr (requires { operand.id; }) {
      return operand.id;
    } else {
      return builder->number(static_cast<double>(operand), dtype).id;
    }
  };
  const Id operands[] = {id_of(x)...};
  return builder->apply(&rule<Op>, {}, operands, sizeof...(X));
}

} // namespace cleave
