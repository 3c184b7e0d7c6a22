// SPDX-License-Identifier: Apache-2.0
// The laws every operation keeps. One row names the operation, how it is called and where its operands are sampled:
//   LAW_ROW_1(Tanh, tanh(x), -3, 3)     LAW_ROW_2(Divide, x / y, 0.5, 2)      operands have the shape [N3, C5]
// An operation that is called in several ways has further rows, each with a title of its own:
//   LAW_CALL_1(relu6, Clip, relu6(x), -9, 9)
// Checked: the shape that is inferred is the shape that is computed; the value equals `Op::apply` on each element
// (where the call is one elementwise operation on `x`, `y`, `z` and numbers) and is, bit for bit, what tensors outside
// a model give; the gradient equals central differences in f64, and so does the gradient of the gradient of an
// elementwise operation; equal nodes are joined; the graph prints the operation's name; the placement follows the
// operands'.
#pragma once

#include "support/runner.hpp"

#include <cleave/graph/print.hpp>
#include <cleave/graph/verify.hpp>
#include <cleave/model/trace.hpp>
#include <cleave/passes/gradient.hpp>
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace law {

using cleave::axes::C;
using cleave::axes::N;
using Sample = cleave::Shape<N<3>, C<5>>;
inline constexpr cleave::extent rows = 3;

/// How a law program presents its operands to the operation.
enum class Operands : unsigned char { differentiated, inputs, partials };

/// A gradient for every leaf but the cotangent `head` and labels.
constexpr cleave::GradientRequest all_but_head(const char* name, bool /*is_parameter*/) {
  const bool fed = cleave::detail::same_text(name, "head") || cleave::detail::same_text(name, "head_label");
  return fed ? cleave::GradientRequest::none : cleave::GradientRequest::write;
}

template <class F, int Arity, Operands Kind>
struct LawProgram {
  static constexpr bool differentiated = Kind == Operands::differentiated;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return all_but_head(name, is_parameter);
  }
  static constexpr auto operand(cleave::Builder& b, int which) {
    using X = cleave::Symbol<double, Sample>;
    constexpr const char* names[] = {"x", "y", "z"};
    if constexpr (Kind == Operands::partials) {
      // An accumulated buffer is the one leaf that is a partial sum by itself.
      cleave::Node node;
      node.op = &cleave::rule<cleave::AccumulatedLeaf>;
      node.dims = Sample::dims;
      node.dtype = cleave::DType::f64;
      node.name = names[which];
      return X(&b, b.push(node));
    } else {
      return X(b.leaf(&cleave::rule<cleave::InputLeaf>, names[which], Sample::dims, cleave::DType::f64));
    }
  }
  static constexpr auto call(cleave::Builder& b) {
    if constexpr (Arity == 1) {
      return F{}(operand(b, 0));
    } else if constexpr (Arity == 2) {
      const auto x = operand(b, 0);
      return F{}(x, operand(b, 1));
    } else {
      const auto x = operand(b, 0);
      const auto y = operand(b, 1);
      return F{}(x, y, operand(b, 2));
    }
  }
  static constexpr void trace(cleave::Builder& b) {
    const auto y = call(b);
    using Y = decltype(call(b));
    if constexpr (Kind == Operands::differentiated) {
      // A head that needs a cotangent gets one: sum(y * head), whose gradient is the cotangent pulled back.
      const cleave::Value head = b.leaf(&cleave::rule<cleave::InputLeaf>, "head", Y::shape::dims, cleave::DType::f64);
      char letters[cleave::max_rank + 1]{};
      for (int i = 0; i < Y::shape::rank; ++i) {
        letters[i] = Y::shape::dims.letters[i];
      }
      b.output(cleave::Value::apply<cleave::BlockGrad>(y.value()).id);
      const cleave::Value weighted = y.value() * head;
      b.output((Y::shape::rank == 0 ? weighted : cleave::detail::sum_over(weighted, letters)).id);
    } else {
      b.output(y.id);
    }
  }
};

/// Order 2: the scalar sum over operands x of sum(x * x + v * d sum(y * head) / dx), with directions v. (The squares
/// give every operand a path to the loss where the first derivative is constant.)
template <class F, int Arity>
struct SecondProgram {
  using First = LawProgram<F, Arity, Operands::inputs>;
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return all_but_head(name, is_parameter);
  }
  static constexpr void trace(cleave::Builder& b) {
    const auto leaf = [&b](const char* name, const cleave::Dims& dims) {
      return b.leaf(&cleave::rule<cleave::InputLeaf>, name, dims, cleave::DType::f64);
    };
    const cleave::Value y = First::call(b).value();
    const cleave::Dims y_dims = b[y.id].dims;
    const auto total = [](cleave::Value x, const cleave::Dims& dims) {
      char letters[cleave::max_rank + 1]{};
      for (int i = 0; i < dims.rank; ++i) {
        letters[i] = dims.letters[i];
      }
      return dims.rank == 0 ? x : cleave::detail::sum_over(x, letters);
    };
    cleave::Value x[Arity];
    cleave::Value dx[Arity];
    constexpr const char* operands[] = {"x", "y", "z"};
    constexpr const char* directions[] = {"u", "v", "w"};
    for (int k = 0; k < Arity; ++k) {
      x[k] = {&b, b.find(operands[k])};
    }
    cleave::detail::gradients_of(total(y * leaf("head", y_dims), y_dims), x, dx, Arity);
    cleave::Value loss;
    for (int k = 0; k < Arity; ++k) {
      const cleave::Value part = total(x[k] * x[k] + dx[k] * leaf(directions[k], Sample::dims), Sample::dims);
      loss = k == 0 ? part : loss + part;
    }
    b.output(cleave::Value::apply<cleave::BlockGrad>(y).id);
    b.output(loss.id);
  }
};

template <class Program>
struct Twice { // the same call again: cse must find it
  static constexpr bool differentiated = false;
  static constexpr void trace(cleave::Builder& b) {
    Program::trace(b);
    const int once = b.size();
    for (cleave::Id id = 0; id < once; ++id) {
      cleave::Node node = b[id];
      if (node.op->kind != cleave::OpKind::leaf) {
        for (int k = 0; k < node.operand_count; ++k) {
          const cleave::Id operand = node.operands[k];
          node.operands[k] = b[operand].op->kind == cleave::OpKind::leaf ? operand : once + position(b, operand);
        }
        b.push(node);
      }
    }
  }
  static constexpr cleave::Id position(const cleave::Builder& b, cleave::Id of) {
    cleave::Id count = 0;
    for (cleave::Id id = 0; id < of; ++id) {
      count += b[id].op->kind == cleave::OpKind::leaf ? 0 : 1;
    }
    return count;
  }
};

template <class Program>
struct HolderOf {
  static constexpr auto& graph = cleave::traced<Program>;
};

/// Deterministic samples in [low, high], none too near to zero where kinks are.
inline test::Numbers samples(std::size_t count, double low, double high, unsigned seed) {
  test::Numbers values(count);
  std::uint64_t state = seed * 7919U + 17U;
  for (double& value : values) {
    do {
      state = state * 6364136223846793005U + 1442695040888963407U;
      value = low + (high - low) * static_cast<double>(state >> 11U) / 9007199254740992.;
    } while (std::abs(value) < 1e-2);
  }
  return values;
}

/// Gradients of sum(y * head) by central differences against the program's own.
template <class Program, cleave::extent Rows = rows>
void check_gradient(double low, double high) {
  test::Runner<Program, Rows> runner;
  std::vector<std::pair<std::string, test::Numbers>> operands;
  unsigned seed = 1;
  for (const std::string& name : runner.leaves()) {
    const std::size_t count = runner.size(name);
    const bool head = name == "head";
    operands.emplace_back(name, samples(count, head ? -1 : low, head ? 1 : high, seed++));
    runner.set(name, operands.back().second);
  }
  runner.forward();
  runner.backward();
  std::vector<test::Numbers> gradients;
  for (const auto& [name, values] : operands) {
    const bool wanted = Program::request(name.c_str(), false) != cleave::GradientRequest::none;
    gradients.push_back(wanted ? runner.gradient(name) : test::Numbers{});
  }
  // Heads may divide by the rows once, when the optimizer runs: gradients are derivatives of sums.
  const double divided = cleave::graph<Program>.normaliser == cleave::Normaliser::rows ? static_cast<double>(Rows) : 1.;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const auto& [name, values] = operands[k];
    for (std::size_t i = 0; i < gradients[k].size(); ++i) {
      const double step = 1e-6 * std::max(1., std::abs(values[i]));
      double loss[2] = {};
      for (const int side : {0, 1}) {
        test::Numbers moved = values;
        moved[i] += side == 0 ? step : -step;
        runner.set(name, moved);
        runner.forward();
        loss[side] = runner.output(1)[0];
      }
      runner.set(name, values);
      INFO("operand " << name << ", element " << i);
      CHECK(gradients[k][i] == Approx(divided * (loss[0] - loss[1]) / (2 * step)).epsilon(1e-6).margin(1e-7));
    }
  }
}

/// Second derivatives by central differences of the first ones.
template <class F, int Arity>
void check_second_gradient(double low, double high) {
  using Second = SecondProgram<F, Arity>;
  static_assert(cleave::fault_of<Second>.rule == cleave::Rule::none);
  CHECK(cleave::detail::verify(cleave::differentiated<Second>.view()) == nullptr);
  CHECK(cleave::detail::verify(cleave::graph<Second>.view()) == nullptr);
  check_gradient<Second>(low, high);
}

/// The last node of a program where it is an elementwise `Op` on leaves of the full shape and numbers; else no_id.
template <class Op>
constexpr cleave::Id lone_node(const cleave::GraphView& graph) {
  const cleave::Id last = graph.results[0].node;
  const cleave::Node& node = graph[last];
  for (int k = 0; k < node.operand_count; ++k) {
    const cleave::Node& operand = graph[node.operands[k]];
    if (operand.op->kind != cleave::OpKind::leaf) {
      return cleave::no_id;
    }
  }
  return cleave::is_op<Op>(node) && node.op->kind == cleave::OpKind::elementwise ? last : cleave::no_id;
}

/// `Op::apply` at element `i` of the operands of a lone node.
template <class Op, class Program, cleave::Id Which, std::size_t... K>
double apply_at(const std::vector<test::Numbers>& operands, std::size_t i, std::index_sequence<K...> /*operands*/) {
  constexpr auto& graph = cleave::traced<Program>;
  std::size_t leaf = 0;
  const auto value = [&](cleave::Id id) {
    const bool number = cleave::is_op<cleave::NumberLeaf>(graph.nodes[id]);
    return number ? graph.nodes[id].attributes.number : operands[leaf++][i];
  };
  const double values[] = {value(graph.nodes[Which].operands[K])...};
  return Op::apply(values[K]...);
}

template <class Op, class F, int Arity>
void check(double low, double high) {
  using Whole = LawProgram<F, Arity, Operands::differentiated>;
  using Sharded = LawProgram<F, Arity, Operands::inputs>;
  using Addend = LawProgram<F, Arity, Operands::partials>;

  // legal, and every shape is the one inferred; where nothing flows back, asking for a gradient is refused
  static_assert(cleave::fault_of<Whole>.rule ==
                (Op::stops_gradient ? cleave::Rule::gradient_missing : cleave::Rule::none));
  CHECK(cleave::detail::verify(cleave::traced<Whole>.view()) == nullptr);
  CHECK(cleave::detail::verify(cleave::differentiated<Whole>.view()) == nullptr);
  CHECK(cleave::detail::verify(cleave::merged<Whole>.view()) == nullptr);
  CHECK(cleave::detail::verify(cleave::graph<Whole>.view()) == nullptr);

  // value
  test::Runner<Sharded, rows> runner;
  std::vector<test::Numbers> operands;
  unsigned seed = 1;
  for (const std::string& name : runner.leaves()) {
    operands.push_back(samples(runner.size(name), low, high, seed++));
    runner.set(name, operands.back());
  }
  runner.forward();
  const test::Numbers y = runner.output();
  using Y = decltype(Sharded::call(*static_cast<cleave::Builder*>(nullptr)));
  CHECK(static_cast<cleave::extent>(y.size()) == Y::shape::size);
  constexpr cleave::Id lone = lone_node<Op>(cleave::traced<Sharded>.view());
  if constexpr (lone != cleave::no_id && std::is_same_v<typename Y::shape, Sample>) {
    constexpr auto count = static_cast<std::size_t>(cleave::traced<Sharded>.nodes[lone].operand_count);
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(y[i] == Approx(apply_at<Op, Sharded, lone>(operands, i, std::make_index_sequence<count>{})));
    }
  }

  // the same call on tensors; layers, which make parameters, are for models only
  constexpr bool takes_tensors = !requires { F::is_layer; };
  const auto tensor = [](const test::Numbers& values) {
    cleave::Tensor<double, Sample> made(cleave::uninitialized);
    std::copy(values.begin(), values.end(), made.begin());
    return made;
  };
  const auto expect_same = [&y](const auto& computed) {
    if constexpr (!cleave::detail::refused_operand<std::remove_cvref_t<decltype(computed)>>) {
      const auto eager = cleave::to_tensor(computed);
      static_assert(std::is_same_v<typename decltype(eager)::shape, typename Y::shape>);
      CHECK(std::equal(y.begin(), y.end(), eager.begin(), eager.end()));
    }
  };
  if constexpr (takes_tensors) { // named, because what they give may be a view
    const auto first = tensor(operands[0]);
    if constexpr (Arity == 1) {
      expect_same(F{}(first));
    } else {
      const auto second = tensor(operands[1]);
      if constexpr (Arity == 2) {
        expect_same(F{}(first, second));
      } else {
        expect_same(F{}(first, second, tensor(operands[2])));
      }
    }
  }

  // gradient
  if constexpr (!Op::stops_gradient) {
    check_gradient<Whole>(low, high);
    if constexpr (Op::kind == cleave::OpKind::elementwise) {
      check_second_gradient<F, Arity>(low, high);
    }
  }

  // equal nodes are joined
  CHECK(cleave::graph<Twice<Sharded>>.size() == cleave::graph<Sharded>.size());

  // printing
  const std::string text = cleave::printed<HolderOf<Sharded>>.c_str();
  CHECK(text.find(Op::name.value) != std::string::npos);

  // placement: rows of a sharded batch stay where they are, replicas stay equal, addends pass linear operations only
  const auto& placed = cleave::placements<Sharded>;
  const auto sharded = placed[cleave::graph<Sharded>.results[0].node];
  CHECK(sharded == (Y::shape::dims.has('N') ? cleave::Placement::sharded : cleave::Placement::partial));
  const auto broken = cleave::fault_of<Addend>.rule;
  const bool linear = Op::linearity == cleave::Linearity::joint ||
                      (Op::linearity == cleave::Linearity::each && Arity == 1) || requires { F::is_linear; };
  CHECK(linear == (broken == cleave::Rule::none));
  CHECK((linear || broken == cleave::Rule::nonlinear_partial || broken == cleave::Rule::partial_meets_other));
}

} // namespace law

/// One row of the law suite: the struct, its arity, and how it is called on operands `x` (and `y`, `z`).
#define LAW_ROW_1(OP, CALL, LOW, HIGH) LAW_CALL_1(OP, OP, CALL, LOW, HIGH)
#define LAW_ROW_2(OP, CALL, LOW, HIGH) LAW_CALL_2(OP, OP, CALL, LOW, HIGH)
#define LAW_ROW_3(OP, CALL, LOW, HIGH) LAW_CALL_3(OP, OP, CALL, LOW, HIGH)
#define LAW_CALL_1(TITLE, OP, CALL, LOW, HIGH) LAW_CALL(1, TITLE, OP, (auto x), CALL, LOW, HIGH)
#define LAW_CALL_2(TITLE, OP, CALL, LOW, HIGH) LAW_CALL(2, TITLE, OP, (auto x, auto y), CALL, LOW, HIGH)
#define LAW_CALL_3(TITLE, OP, CALL, LOW, HIGH) LAW_CALL(3, TITLE, OP, (auto x, auto y, auto z), CALL, LOW, HIGH)
#define LAW_CALL(ARITY, TITLE, OP, OPERANDS, CALL, LOW, HIGH)                                                          \
  struct TITLE##Call {                                                                                                 \
    constexpr auto operator() OPERANDS const { return CALL; }                                                          \
  };                                                                                                                   \
  TEST_CASE(#TITLE " keeps the laws of an operation", "[ops][law]") {                                                  \
    law::check<cleave::OP, TITLE##Call, ARITY>(LOW, HIGH);                                                             \
  }
