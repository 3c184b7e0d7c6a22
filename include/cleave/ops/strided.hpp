// SPDX-License-Identifier: Apache-2.0
// Data that only moves: every such operation is a strided copy of up to 6 loops, run by one kernel.
#pragma once

#include <cleave/ops/elementwise_op.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

/// Copies elements of the size of `Word` along loops. sizes = {loops, then for each loop from the outermost: extent,
/// stride of the operand, stride of the result, ..., [19] = offset of the operand}, in elements.
template <class Word>
void strided_copy(std::byte* const* arenas, const KernelArguments& call);

/// Fills the result with numbers[0], then copies the operand into it; numbers[1] is how many elements the result has,
/// sizes as above, but [19] is an offset of the result.
template <class T>
void strided_place(std::byte* const* arenas, const KernelArguments& call);

/// Operands one after another in every row of the result. sizes = {operands, rows, elements a row of each operand...}.
template <class Word>
void join_rows(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
// clang-format off
extern template void strided_copy<std::uint8_t>(std::byte* const*, const KernelArguments&);
extern template void strided_copy<std::uint32_t>(std::byte* const*, const KernelArguments&);
extern template void strided_copy<std::uint64_t>(std::byte* const*, const KernelArguments&);
extern template void strided_place<float>(std::byte* const*, const KernelArguments&);
extern template void strided_place<double>(std::byte* const*, const KernelArguments&);
extern template void strided_place<std::int32_t>(std::byte* const*, const KernelArguments&);
extern template void strided_place<std::int64_t>(std::byte* const*, const KernelArguments&);
extern template void strided_place<std::uint8_t>(std::byte* const*, const KernelArguments&);
extern template void join_rows<std::uint8_t>(std::byte* const*, const KernelArguments&);
extern template void join_rows<std::uint32_t>(std::byte* const*, const KernelArguments&);
extern template void join_rows<std::uint64_t>(std::byte* const*, const KernelArguments&);
// clang-format on
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

namespace cleave::detail {

inline constexpr int offset_slot = max_kernel_sizes - 1; // behind three numbers a loop

/// The loops of a strided copy, from the outermost; neighbours that are one run in both places are joined, and loops of
/// one element left out.
class CopyLoops {
public:
  constexpr void push(extent count, extent from, extent to) {
    if (count == 1) {
      return;
    }
    if (loops_ > 0) {
      extent* const outer = numbers_ + 3 * static_cast<extent>(loops_ - 1);
      if (outer[1] == count * from && outer[2] == count * to) {
        outer[0] *= count;
        outer[1] = from;
        outer[2] = to;
        return;
      }
    }
    extent* const own = numbers_ + 3 * static_cast<extent>(loops_);
    ++loops_;
    own[0] = count;
    own[1] = from;
    own[2] = to;
  }
  [[nodiscard]] constexpr KernelCall call(Kernel kernel, extent offset) const {
    KernelCall made;
    made.kernel = kernel;
    made.sizes[0] = loops_;
    for (int i = 0; i < 3 * loops_; ++i) {
      made.sizes[1 + i] = numbers_[i];
    }
    made.sizes[offset_slot] = offset;
    return made;
  }

private:
  int loops_ = 0;
  extent numbers_[3 * max_rank]{};
};

constexpr Kernel copy_kernel(DType type) {
  switch (size_of(type)) {
  case 8:
    return &kernels::strided_copy<std::uint64_t>;
  case 4:
    return &kernels::strided_copy<std::uint32_t>;
  default:
    return &kernels::strided_copy<std::uint8_t>;
  }
}

/// What operations that only move data share.
struct MoveOp : OpDefaults {
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr double flops = 0;
  static constexpr Placed place(const PlaceRequest& at) { return place_elementwise(at); }
};

/// The element type of a result that moves its operands': any, but the same.
constexpr void infer_moved_dtype(Inference& at) {
  at.dtype = at.operands[0]->dtype;
  for (int i = 1; i < at.operand_count; ++i) {
    if (at.operands[i]->dtype != at.dtype) {
      at.fault = {Rule::dtypes_differ, "", at.operands[i]->name, '\0', at.operands[0]->dims, at.operands[i]->dims};
    }
  }
}

/// An axis along which elements change places: present, and not the batch axis of a model, whose rows lie on different
/// devices. Gives its position, or -1.
constexpr int infer_moved_axis(Inference& at, char letter) {
  const Dims& x = at.operands[0]->dims;
  const int axis = x.index_of(letter);
  if (axis < 0) {
    at.fault = {Rule::axis_absent, "", "", letter, x, {}};
  } else if (letter == batch_axis && at.in_graph) {
    at.fault = {Rule::batch_axis_cut, "", "", letter, x, {}};
  }
  return axis;
}

/// The product of the extents in front of a position.
constexpr extent elements_before_position(const Dims& x, int position) {
  extent product = 1;
  for (int i = 0; i < position; ++i) {
    product *= x.extents[i];
  }
  return product;
}

} // namespace cleave::detail

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, move)
#endif
