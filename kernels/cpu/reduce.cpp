// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/kernels.hpp>

#include <algorithm>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace sums {

// Lanes of the inner sum: enough independent chains to hide the latency of an add; fixed, so that the order of
// additions is the same on every machine.
inline constexpr extent lanes = 16;

template <class T>
T sum_row(const T* x, extent count) {
  T partial[lanes] = {};
  extent i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (extent l = 0; l < lanes; ++l) {
      partial[l] += x[i + l];
    }
  }
  for (extent l = 0; i < count; ++i, ++l) {
    partial[l] += x[i];
  }
  for (extent width = lanes / 2; width > 0; width /= 2) {
    for (extent l = 0; l < width; ++l) {
      partial[l] += partial[l + width];
    }
  }
  return partial[0];
}

template <class T>
struct Reduction {
  const extent* extents;
  extent in_strides[max_rank];
  extent out_strides[max_rank]; // 0 along summed loops
  int loops;

  // Loop `axis` and all inside it: adds into out, which starts as zeros.
  void run(T* out, const T* in, int axis) const {
    const extent count = extents[axis];
    if (axis == loops - 1) {
      if (out_strides[axis] == 0) {
        *out += sum_row(in, count);
      } else {
        for (extent i = 0; i < count; ++i) {
          out[i] += in[i];
        }
      }
      return;
    }
    for (extent i = 0; i < count; ++i) {
      run(out + i * out_strides[axis], in + i * in_strides[axis], axis + 1);
    }
  }
};

} // namespace sums

template <class T>
void reduce_sum(std::byte* const* arenas, const KernelArguments& call) {
  sums::Reduction<T> reduction{&call.sizes[1], {}, {}, static_cast<int>(call.sizes[0])};
  T* const out = call.result<T>(arenas);
  const T* const in = call.operand<T>(arenas, 1);
  extent in_stride = 1;
  extent out_stride = 1;
  for (int i = reduction.loops - 1; i >= 0; --i) {
    const extent count = reduction.extents[i];
    const bool summed = ((call.masks[0] >> i) & 1) != 0;
    reduction.in_strides[i] = in_stride;
    reduction.out_strides[i] = summed ? 0 : out_stride;
    in_stride *= count;
    out_stride *= summed ? 1 : count;
  }
  std::fill_n(out, out_stride, T(0));
  if (reduction.loops == 0) {
    *out = *in;
    return;
  }
  reduction.run(out, in, 0);
}

#if !defined(CLEAVE_HEADER_ONLY)
template void reduce_sum<float>(std::byte* const*, const KernelArguments&);
template void reduce_sum<double>(std::byte* const*, const KernelArguments&);
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS
