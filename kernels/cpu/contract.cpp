// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"
#include "multiply.hpp"

#include <cleave/base/half.hpp>
#include <cleave/ops/contract.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace products {

/// What elements are computed as.
template <class Stored>
using Computed = std::conditional_t<sizeof(Stored) == 2, float, Stored>;

template <class Stored>
void read_epilogue(Product<Computed<Stored>, Stored>& product, std::byte* const* arenas, const KernelArguments& call) {
  using T = Computed<Stored>;
  const int bits = call.masks[1];
  Epilogue<T>& epilogue = product.epilogue;
  if ((bits & 1) != 0) {
    epilogue.scale = static_cast<T>(call.numbers[0]);
  }
  if ((bits & 2) != 0) {
    epilogue.column_bias = call.operand<T>(arenas, 3);
  } else if ((bits & 4) != 0) {
    epilogue.row_bias = call.operand<T>(arenas, 3);
  }
  epilogue.accumulate = (bits & 8) != 0;
  epilogue.activation = static_cast<Activation>(call.masks[2]);
  if ((bits & 16) != 0) {
    epilogue.y = call.operand<T>(arenas, 4);
  }
}

/// One product of whole matrices, b not transposed, without grains and epilogue.
inline bool is_one_plain(const KernelArguments& call) {
  const extent* const sizes = call.sizes;
  return sizes[0] == 1 && (call.masks[0] & 2) == 0 && (call.masks[1] | call.masks[2]) == 0 &&
         (sizes[4] | sizes[6] | sizes[7] | sizes[8]) == 0;
}

} // namespace products

template <class T>
void contract(std::byte* const* arenas, const KernelArguments& call) {
  const extent* const sizes = call.sizes;
  if constexpr (multiplies_itself && std::is_floating_point_v<T>) {
    if (products::is_one_plain(call) &&
        gemm::multiply_small(call.result<T>(arenas), sizes[2], call.operand<T>(arenas, 1),
                             (call.masks[0] & 1) != 0 ? sizes[1] : sizes[3], (call.masks[0] & 1) != 0,
                             call.operand<T>(arenas, 2), sizes[2], sizes[1], sizes[2], sizes[3])) {
      return;
    }
  }
  Product<products::Computed<T>, T> product{.out = call.result<T>(arenas),
                                            .a = call.operand<T>(arenas, 1),
                                            .b = call.operand<T>(arenas, 2),
                                            .m = sizes[1],
                                            .n = sizes[2],
                                            .k = sizes[3],
                                            .transpose_a = (call.masks[0] & 1) != 0,
                                            .transpose_b = (call.masks[0] & 2) != 0,
                                            .grain = sizes[4],
                                            .first_row = sizes[5],
                                            .root = sizes[0] * sizes[1] * sizes[2]};
  const auto given = [](extent& value, extent size) { value = size != 0 ? size : value; };
  given(product.a_row, sizes[6]);
  given(product.b_row, sizes[7]);
  given(product.out_row, sizes[8]);
  if ((call.masks[1] | call.masks[2]) != 0) {
    products::read_epilogue(product, arenas, call);
  }
  extent a = product.m * product.k;
  extent b = product.k * product.n;
  extent out = product.m * product.n;
  given(a, sizes[9]);
  given(b, sizes[10]);
  given(out, sizes[11]);
  for (extent i = 0; i < sizes[0]; ++i) {
    multiply_as_built(product);
    product.a += a;
    product.b += b;
    product.out += out;
    product.epilogue.y += product.epilogue.y != nullptr ? out : 0;
  }
}

#if !defined(CLEAVE_HEADER_ONLY)
template void multiply_as_built<float, float>(const Product<float, float>&);
template void multiply_as_built<double, double>(const Product<double, double>&);
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(contract, float, double, cleave::float16, cleave::bfloat16)
