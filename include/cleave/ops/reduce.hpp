// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/call.hpp>
#include <cleave/ops/cast.hpp>
#include <cleave/ops/elementwise.hpp>
#include <cleave/ops/reduce_op.hpp>

namespace cleave {

/// Sum over the axes in `attributes.letters`. Over the batch axis the result is a partial sum on each device. Of
/// integers, an i64.
struct Sum : OpDefaults {
  static constexpr FixedString name = "sum";
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr Linearity linearity = Linearity::joint;

  static constexpr void infer(Inference& at) {
    detail::infer_reduced(at);
    at.dtype = is_floating(at.dtype) ? at.dtype : DType::i64;
  }
  // Differentiation spreads a cotangent along axes the operand has and it lacks.
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy}; }
  static constexpr Placed place(const PlaceRequest& at) {
    const Placement x = at.operand(0);
    const bool over_batch = at.dims_of_operand(0).has(batch_axis) && !at.at().dims.has(batch_axis);
    return {x == Placement::sharded && over_batch ? Placement::partial : x, Rule::none};
  }
  static constexpr Kernel kernel(DType type) {
    return detail::pick_kernel(type, &kernels::reduce_sum<float>, &kernels::reduce_sum<double>,
                               &kernels::reduce_sum<std::int32_t>, &kernels::reduce_sum<std::int64_t>,
                               &kernels::reduce_sum<std::uint8_t>);
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(kernel(graph[graph[id].operands[0]].dtype));
  }
  static constexpr double (*count_flops)(const GraphView&, Id) = &detail::elements_of_operand;
};

/// Sum in which NaN counts as 0.
struct NanSum : Sum {
  static constexpr FixedString name = "nansum";
  static constexpr Linearity linearity = Linearity::none;

  static constexpr void infer(Inference& at) {
    detail::infer_reduced(at);
    detail::expect_floating(at);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (1 - Value::apply<NotEqual>(at.x(0), at.x(0)))}; }
  static constexpr Placed place(const PlaceRequest& at) {
    return at.operand(0) == Placement::partial ? Placed{Placement::partial, Rule::nonlinear_partial} : Sum::place(at);
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(
        detail::pick_kernel(graph[id].dtype, &kernels::reduce_nansum<float>, &kernels::reduce_nansum<double>));
  }
};

/// total / rows, where rows counts the whole batch over all devices. Its cotangent is not divided: the derivative of
/// the sum goes back, and the optimizer divides once by the rows really seen.
struct BatchMean : ElementwiseOp {
  static constexpr FixedString name = "batch_mean";
  static constexpr Linearity linearity = Linearity::first;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T total, T rows) {
    return total / rows;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    Cotangents back{at.dy};
    back.normaliser = Normaliser::rows;
    return back;
  }
};

namespace detail {

/// `x` summed over every axis that `letters` names.
constexpr Value sum_over(Value x, const char* letters) {
  Attributes attributes;
  for (int i = 0; i < max_rank && letters[i] != '\0'; ++i) {
    attributes.letters[i] = letters[i];
  }
  return x.builder->apply(&rule<Sum>, attributes, &x.id, 1);
}

/// `x` with exactly the axes of `target`: summed over axes the target lacks, repeated along axes that x lacks.
constexpr Value fit_to(Value x, Dims target) { // by value: appending moves the nodes
  const Dims dims = (*x.builder)[x.id].dims;
  char summed[max_rank + 1]{};
  int count = 0;
  for (int i = 0; i < dims.rank; ++i) {
    if (!target.has(dims.letters[i])) {
      summed[count++] = dims.letters[i];
    }
  }
  if (count > 0) {
    x = sum_over(x, summed);
  }
  if ((*x.builder)[x.id].dims == target) {
    return x;
  }
  Node spread;
  spread.op = &rule<Copy>;
  spread.operand_count = 1;
  spread.operands[0] = x.id;
  spread.dims = target;
  spread.dtype = (*x.builder)[x.id].dtype;
  return {x.builder, x.builder->push(spread)};
}

/// The scalar that holds the rows of the whole batch. One leaf a graph: whoever runs it writes one location.
constexpr Value batch_rows(Builder& builder, DType dtype) {
  for (Id id = 0; id < builder.size(); ++id) {
    if (is_op<BatchRowsLeaf>(builder[id])) {
      const Value rows{&builder, id};
      Attributes to;
      to.flags = static_cast<int>(dtype);
      return builder[id].dtype == dtype ? rows : append<Cast>(to, rows);
    }
  }
  Node leaf;
  leaf.op = &rule<BatchRowsLeaf>;
  leaf.dtype = dtype;
  return {&builder, builder.push(leaf)};
}

/// Mean of `x` over the axes that `letters` names; over the batch axis it is the mean over all devices.
constexpr Value mean_over(Value x, const char* letters) {
  const Dims dims = (*x.builder)[x.id].dims;
  const DType dtype = (*x.builder)[x.id].dtype;
  Value total = sum_over(x, letters);
  bool over_batch = false;
  double count = 1;
  for (int i = 0; i < max_rank && letters[i] != '\0'; ++i) {
    over_batch = over_batch || letters[i] == batch_axis;
    count *= letters[i] == batch_axis ? 1. : static_cast<double>(dims.extent_of(letters[i]));
  }
  if (count != 1) {
    total = total / count; // not times 1 / count: the mean of equal numbers is that number
  }
  return over_batch ? Value::apply<BatchMean>(total, batch_rows(*x.builder, dtype)) : total;
}

template <class Op, class T>
concept elements_have_fractions = std::is_floating_point_v<T>;

} // namespace detail

/// Sum over named axes, `sum<N>(x)`, `sum<N, C>(x)`, or over all, `sum(x)`. Of a model's symbol, a sum over N is a
/// partial sum on each device until it is merged. Integers are summed as std::int64_t. Axes that a sum lacks come back
/// by name where it meets its operand, `x / sum<C>(x)`; insert_axis gives one of 1 element. Errors while compiling: an
/// axis absent or named twice.
template <template <extent> class... Names, class X>
constexpr auto sum(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  static_assert(detail::no_operand_is_partial<text<'s', 'u', 'm'>, X>, "sum: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::accepted<refusal_of<Sum, Axes, X>>,
                "sum: expects a tensor, or a model's symbol, that has the axes to sum over, each named once");
  return detail::call<Sum, Axes>(Axes::attributes, x);
}

/// The sum of all elements that are not NaN, over named axes or all. Errors as `sum`, and integers.
template <template <extent> class... Names, class X>
constexpr auto nansum(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  static_assert(detail::no_operand_is_partial<text<'n', 'a', 'n', 's', 'u', 'm'>, X>,
                "nansum: the value " CLEAVE_IS_PARTIAL);
  static_assert(
      detail::accepted<refusal_of<NanSum, Axes, X>>,
      "nansum: expects a tensor of floating numbers, or a model's symbol, that has the axes to sum over, each "
      "named once");
  return detail::call<NanSum, Axes>(Axes::attributes, x);
}

/// Mean over named axes, or over all; of a model's symbol, over N it is the mean over the whole batch, on all devices.
/// Errors while compiling: an axis absent or named twice.
template <template <extent> class... Names, class X>
constexpr auto mean(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using C = detail::Call<Sum, Axes, X>;
  constexpr bool has_mean = detail::elements_have_fractions<void, typename C::element>;
  static_assert(detail::no_operand_is_partial<text<'m', 'e', 'a', 'n'>, X>, "mean: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::accepted<refusal_of<Sum, Axes, X>>,
                "mean: expects a tensor, or a model's symbol, that has the axes to average over, each named once");
  static_assert(!C::is_legal || detail::elements_have_fractions<text<'m', 'e', 'a', 'n'>, typename C::element>,
                "mean: integers have no mean among them; convert them with cast<float> or cast<double> first");
  if constexpr (C::is_legal && !has_mean) {
    return Refused{};
  } else if constexpr (C::is_legal && C::is_symbolic) {
    return x.template retyped<typename C::shape>(detail::mean_over(x.value(), Axes::attributes.letters));
  } else if constexpr (C::is_legal) {
    constexpr extent count = X::shape::size / C::shape::size;
    return to_tensor(sum<Names...>(x) / static_cast<typename X::element>(count));
  } else {
    return detail::call<Sum, Axes>(Axes::attributes, x);
  }
}

} // namespace cleave

CLEAVE_OP(cleave::BatchMean)
