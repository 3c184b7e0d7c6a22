// SPDX-License-Identifier: Apache-2.0
// What reductions share: the loops of their kernels, which axes they run over, and where their results lie.
#pragma once

#include <cleave/ops/call.hpp>
#include <cleave/ops/kernels.hpp>

// Kernels: sizes = {loops, extents...}; bit i of masks[0]: loop i is reduced. Every result is computed in one order of
// operations, whatever the hardware and however many other results there are. For reduce_sum and reduce_nansum sizes go
// on with {grain, first row}, in positions of the first loop, which is reduced and is or begins with the batch's rows:
// with a grain the result has one set of sums for each aligned block of grains (kernels/cpu/grain.hpp), one after
// another, and their bits do not depend on how the rows are cut.
namespace cleave::kernels::inline CLEAVE_KERNELS {

// clang-format off
template <class T> void reduce_sum(std::byte* const* arenas, const KernelArguments& call);    ///< of integers: i64
template <class T> void reduce_nansum(std::byte* const* arenas, const KernelArguments& call); ///< NaN counts as 0
template <class T> void reduce_prod(std::byte* const* arenas, const KernelArguments& call);   ///< of integers: i64
template <class T> void reduce_max(std::byte* const* arenas, const KernelArguments& call);    ///< NaN wins
template <class T> void reduce_min(std::byte* const* arenas, const KernelArguments& call);    ///< NaN wins
template <class T> void reduce_argmax(std::byte* const* arenas, const KernelArguments& call); ///< i64, first of equal ones
template <class T> void reduce_argmin(std::byte* const* arenas, const KernelArguments& call); ///< i64, first of equal ones
template <class T> void reduce_norm(std::byte* const* arenas, const KernelArguments& call);   ///< root of the sum of squares
template <class T> void reduce_logsumexp(std::byte* const* arenas, const KernelArguments& call);

/// Of every element, the product of all others that are reduced with it.
template <class T> void product_of_others(std::byte* const* arenas, const KernelArguments& call);
/// Its derivative in x along the second operand.
template <class T> void product_of_others_tangent(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
// NOLINTBEGIN(bugprone-macro-parentheses): the argument is a name
#define CLEAVE_KERNEL_OF_FLOATS(kernel)                                        \
  extern template void kernel<float>(std::byte* const*, const KernelArguments&); \
  extern template void kernel<double>(std::byte* const*, const KernelArguments&);
#define CLEAVE_KERNEL_OF_ALL(kernel)                                                  \
  CLEAVE_KERNEL_OF_FLOATS(kernel)                                                     \
  extern template void kernel<std::int32_t>(std::byte* const*, const KernelArguments&); \
  extern template void kernel<std::int64_t>(std::byte* const*, const KernelArguments&); \
  extern template void kernel<std::uint8_t>(std::byte* const*, const KernelArguments&);
// NOLINTEND(bugprone-macro-parentheses)
CLEAVE_KERNEL_OF_ALL(reduce_sum)
CLEAVE_KERNEL_OF_ALL(reduce_prod)
CLEAVE_KERNEL_OF_ALL(reduce_max)
CLEAVE_KERNEL_OF_ALL(reduce_min)
CLEAVE_KERNEL_OF_ALL(reduce_argmax)
CLEAVE_KERNEL_OF_ALL(reduce_argmin)
CLEAVE_KERNEL_OF_FLOATS(reduce_nansum)
CLEAVE_KERNEL_OF_FLOATS(reduce_norm)
CLEAVE_KERNEL_OF_FLOATS(reduce_logsumexp)
CLEAVE_KERNEL_OF_FLOATS(product_of_others)
CLEAVE_KERNEL_OF_FLOATS(product_of_others_tangent)
#undef CLEAVE_KERNEL_OF_FLOATS
#undef CLEAVE_KERNEL_OF_ALL
#endif
// clang-format on

} // namespace cleave::kernels::inline CLEAVE_KERNELS

namespace cleave::detail {

/// The loops of a reduction; neighbours of one kind are joined. (Loops of one element are kept: which ones there are
/// must not depend on a device's rows, or the order of operations would.)
class ReduceLoops {
public:
  constexpr void push(extent count, bool reduced) {
    if (loops_ > 0 && reduced == previous_) {
      call_.sizes[loops_] *= count;
      return;
    }
    const unsigned bit = reduced ? 1U << static_cast<unsigned>(loops_) : 0U;
    call_.masks[0] = static_cast<std::uint8_t>(call_.masks[0] | bit);
    call_.sizes[++loops_] = count;
    call_.sizes[0] = loops_;
    previous_ = reduced;
  }
  [[nodiscard]] constexpr KernelCall call(Kernel kernel) const {
    KernelCall made = call_;
    made.kernel = kernel;
    return made;
  }

private:
  KernelCall call_{};
  int loops_ = 0;
  bool previous_ = false;
};

/// The loops of a node that reduces operand 0 over the axes in its attributes.
constexpr ReduceLoops reduce_loops(const GraphView& graph, Id id) {
  const Attributes& attributes = graph[id].attributes;
  const Dims& from = graph[graph[id].operands[0]].dims;
  ReduceLoops loops;
  for (int i = 0; i < from.rank; ++i) {
    bool reduced = false;
    for (const char letter : attributes.letters) {
      reduced = reduced || letter == from.letters[i];
    }
    loops.push(from.extents[i], reduced);
  }
  return loops;
}

constexpr double elements_of_operand(const GraphView& graph, Id id) {
  return static_cast<double>(graph[graph[id].operands[0]].dims.size());
}

/// The axes left by a reduction over those in the attributes; the element type is the operand's.
constexpr void infer_reduced(Inference& at) {
  at.dims = at.operands[0]->dims;
  at.dtype = at.operands[0]->dtype;
  for (const char letter : at.attributes.letters) {
    if (letter != '\0' && !at.dims.has(letter)) {
      const bool twice = at.operands[0]->dims.has(letter);
      at.fault = {twice ? Rule::axis_named_twice : Rule::axis_absent, "", "", letter, at.operands[0]->dims, {}};
    }
    at.dims = at.dims.without(letter);
  }
}

/// A reduction that is no sum: inside a model it cannot run over rows that lie on different devices.
constexpr void infer_reduced_locally(Inference& at) {
  infer_reduced(at);
  if (at.in_graph && !at.fault && at.operands[0]->dims.has(batch_axis) && !at.dims.has(batch_axis)) {
    at.fault = {Rule::batch_axis_reduced, "", "", batch_axis, at.operands[0]->dims, {}};
  }
}

constexpr void expect_floating(Inference& at) {
  if (!is_floating(at.operands[0]->dtype) && !at.fault) {
    at.fault = {Rule::dtype_unsupported, "", at.operands[0]->name, '\0', at.operands[0]->dims, {}};
  }
}

/// Base of reductions that are no sums.
struct LocalReduceOp : OpDefaults {
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr Placed place(const PlaceRequest& at) {
    const Placed placed = place_elementwise(at);
    const bool over_rows = at.dims_of_operand(0).has(batch_axis) && !at.at().dims.has(batch_axis);
    return over_rows && placed.broken == Rule::none ? Placed{placed.placement, Rule::batch_axis_reduced} : placed;
  }
  static constexpr double (*count_flops)(const GraphView&, Id) = &elements_of_operand;
};

#define CLEAVE_SAYS_REDUCED_ROWS(op)                                                                                   \
  op ": a reduction over the batch axis that is no sum; the rows of a model lie on different devices, which only "     \
     "add. "                                                                                                           \
     "Reduce the merged output"

/// The axes a reduction runs over: those named, or all where none is.
template <class S, class Positions = std::make_index_sequence<static_cast<std::size_t>(S::rank)>>
struct AllAxes;
template <class S, std::size_t... At>
struct AllAxes<S, std::index_sequence<At...>> {
  using type = Along<S::dims.letters[At]...>;
};
template <class X, char... Letters>
struct ReducedAxes {
  using type = Along<Letters...>;
};
template <class X>
struct ReducedAxes<X> : AllAxes<typename facts<X>::shape> {};
template <class X, char... Letters>
using reduced_axes = typename ReducedAxes<X, Letters...>::type;

} // namespace cleave::detail

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, reduce)
#include CLEAVE_SOURCE(cpu, reduce_prod)
#endif
