// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"

#include <cleave/ops/kernels.hpp>
#include <cleave/tensor/random.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace masks {

/// The mask of one layer in one pass. Four neighbouring positions share a block of random words.
class Mask {
public:
  Mask(const std::int64_t* key, double p, double layer)
      : seed_(of_layer(static_cast<std::uint64_t>(key[0]), static_cast<std::uint64_t>(key[1]), layer)),
        dropped_below_(static_cast<std::uint64_t>(p * 0x1p32)) {}

  bool keeps(std::uint64_t position) {
    const std::uint64_t block = position / 4;
    if (block != block_) {
      block_ = block;
      words_ = random_bits(seed_, 0, block);
    }
    return words_.words[position % 4] >= dropped_below_;
  }

private:
  /// A seed for the layer's mask in this pass.
  static std::uint64_t of_layer(std::uint64_t seed, std::uint64_t pass, double layer) {
    const std::uint64_t stream = random_stream(RandomUse::layer, static_cast<std::uint64_t>(layer));
    const PhiloxBlock bits = random_bits(seed, stream, pass);
    return (static_cast<std::uint64_t>(bits.words[0]) << 32U) | bits.words[1];
  }

  std::uint64_t seed_;
  std::uint64_t dropped_below_;
  std::uint64_t block_ = ~std::uint64_t{0};
  PhiloxBlock words_{};
};

template <class T>
struct Walk {
  const extent* extents;
  const extent* distances;
  int rank;
  T scale;

  void run(Mask& mask, const T*& x, T*& y, int axis, extent position) const {
    const bool innermost = axis + 1 >= rank;
    const extent count = rank == 0 ? 1 : extents[axis];
    const extent distance = rank == 0 ? 0 : distances[axis];
    for (extent i = 0; i < count; ++i, position += distance) {
      if (innermost) {
        *y++ = mask.keeps(static_cast<std::uint64_t>(position)) ? *x * scale : T(0);
        ++x;
      } else {
        run(mask, x, y, axis + 1, position);
      }
    }
  }
};

} // namespace masks

template <class T>
void dropout(std::byte* const* arenas, const KernelArguments& call) {
  const auto* const key = call.operand<std::int64_t>(arenas, 2);
  const double p = call.numbers[0];
  masks::Mask mask(key, p, call.numbers[1]);
  const masks::Walk<T> walk{&call.sizes[1], &call.sizes[1 + max_rank], static_cast<int>(call.sizes[0]),
                            static_cast<T>(1 / (1 - p))};
  const T* x = call.operand<T>(arenas, 1);
  T* y = call.result<T>(arenas);
  walk.run(mask, x, y, 0, key[2] * call.sizes[1 + 2 * max_rank]);
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(dropout, float, double)
