// SPDX-License-Identifier: Apache-2.0
#include "pooling_pairs.hpp"

#include "instantiate.hpp"

#include <cleave/ops/pool_kernels.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::pooling {

/// dx, where every cell of a window gets the same: tap by tap, added where the tap has read. `share(dy, at, oz, oy,
/// ox)` is what the window at position `at` of dy gives each of its cells; `write(index in x, sum)` takes a cell's sum.
template <class T>
class Spread {
public:
  explicit Spread(const Window& window) : w_(window), layout_(window, 1, window.out[0], window.out[1]) {}

  template <class Share, class Write>
  void run(const Share& share, const Write& write) {
    const extent lines = w_.out[0] * w_.out[1];
    const extent shares_bytes = ceil_div((w_.pixels() + Lanes<T>::count) * static_cast<extent>(sizeof(T)), 64) * 64;
    const auto own_bytes = static_cast<std::size_t>(shares_bytes + layout_.size * static_cast<extent>(sizeof(T)));
    const Scratch shared(static_cast<std::size_t>(w_.taps() + lines) * sizeof(extent));
    offsets_ = shared.as<extent>();
    layout_.offsets(w_, offsets_);
    places_ = offsets_ + w_.taps();
    for (extent line = 0; line < lines; ++line) {
      places_[line] = layout_.place(w_, 0, line / w_.out[1], line % w_.out[1], 0);
    }
    for_tiles(w_.batch, cost_of(w_, w_.batch, sizeof(T)), [&](extent first, extent last) {
      const Scratch own(own_bytes);
      T* const shares = own.as<T>();
      auto* const planes = reinterpret_cast<T*>(own.data() + shares_bytes);
      for (extent i = first; i < last; ++i) {
        share(i, shares);
        clear(planes, layout_.size);
        add(shares, planes);
        drain(planes, i * w_.plane(), write);
      }
    });
  }

private:
  void add(const T* shares, T* planes) const {
    for (extent t = 0; t < w_.taps(); ++t) {
      add_lines(planes + offsets_[t], places_, shares, w_.out[0] * w_.out[1], w_.out[2]);
    }
  }

  template <class Write>
  void drain(const T* planes, extent plane, const Write& write) const {
    const Strip whole{0, 1, {0, 0}, {w_.out[0], w_.out[1]}};
    const extent stride = w_.stride[2];
    for_runs(w_, layout_, [&](extent at, extent into, extent count) {
      for_lines(w_, layout_, whole, [&](extent, extent, extent place, extent target, extent lines) {
        for (extent y = 0; y < lines; ++y) {
          const T* const run = planes + place + at + y * layout_.line;
          write(plane + target + into + y * w_.in[2], run, count, stride);
        }
      });
    });
  }

  Window w_;
  Layout layout_;
  extent* offsets_ = nullptr;
  extent* places_ = nullptr; ///< of lines of results
};

/// What each cell gets of a line of results, whose windows have `rows` cells in one column.
template <class T>
void share_line(const Window& w, Divisor divisor, extent rows, const T* from, T* to) {
  const extent count = w.out[2];
  extent first = 0; // windows that reach over neither end are alike
  extent last = count;
  while (first < last && first * w.stride[2] < w.pad[2]) {
    ++first;
  }
  while (last > first && (last - 1) * w.stride[2] + w.kernel[2] > w.in[2] + w.pad[2]) {
    --last;
  }
  const auto share = [&](extent x) {
    const extent number = rows * cells(w, 2, x, divisor);
    to[x] = number == 0 ? T(0) : from[x] / static_cast<T>(number);
  };
  for (extent x = 0; x < first; ++x) {
    share(x);
  }
  const extent number = rows * w.kernel[2];
  for (extent x = first; x < last; ++x) {
    to[x] = number == 0 ? T(0) : from[x] / static_cast<T>(number);
  }
  for (extent x = last; x < count; ++x) {
    share(x);
  }
}

/// Whether windows leave cells out, which get no gradient.
inline bool leaves_cells(const Window& w) {
  bool leaves = false;
  for (int a = 0; a < 3; ++a) {
    leaves = leaves || Layout::covered(w, a, w.out[a]) - w.pad[a] < w.in[a];
  }
  return leaves;
}

template <class T, class Write, class Share>
void spread(const Window& w, T* dx, const Share& share, const Write& write) {
  if (leaves_cells(w)) {
    clear(dx, w.batch * w.plane());
  }
  Spread<T>(w).run(share, write);
}

} // namespace cleave::kernels::inline CLEAVE_ISA::pooling

namespace cleave::kernels::inline CLEAVE_KERNELS {

template <class T>
void pool_max_gradient(std::byte* const* arenas, const KernelArguments& call) {
  using namespace pooling;
  const Window w = read_window(call);
  const T* const dy = call.operand<T>(arenas, 1);
  const auto* const positions = call.operand<std::int32_t>(arenas, 2);
  T* const dx = call.result<T>(arenas);
  const extent plane = w.plane();
  const extent pixels = w.pixels();
  for_tiles(w.batch, cost_of(w, w.batch, sizeof(T)), [&](extent first, extent last) {
    for (extent i = first; i < last; ++i) {
      T* const to = dx + i * plane;
      clear(to, plane);
      for (extent q = i * pixels; q < (i + 1) * pixels; ++q) {
        if (positions[q] >= 0) {
          to[positions[q]] += dy[q];
        }
      }
    }
  });
}

template <class T>
void pool_sum_gradient(std::byte* const* arenas, const KernelArguments& call) {
  using namespace pooling;
  const Window w = read_window(call);
  const T* const dy = call.operand<T>(arenas, 1);
  T* const dx = call.result<T>(arenas);
  const Divisor divisor = divisor_of(call);
  if (is_global(w)) {
    for_tiles(w.batch, cost_of(w, w.batch, sizeof(T)), [&](extent first, extent last) {
      for (extent i = first; i < last; ++i) {
        const T value = divisor == Divisor::none ? dy[i] : dy[i] / static_cast<T>(w.plane());
        for (extent at = i * w.plane(); at < (i + 1) * w.plane(); ++at) {
          dx[at] = value;
        }
      }
    });
    return;
  }
  if (are_pairs<T>(w)) {
    return spread_pairs(w, divisor, dy, dx);
  }
  spread(
      w, dx,
      [&](extent plane, T* shares) {
        const T* from = dy + plane * w.pixels();
        for (extent z = 0; z < w.out[0]; ++z) {
          for (extent y = 0; y < w.out[1]; ++y, shares += w.out[2], from += w.out[2]) {
            if (divisor == Divisor::none) {
              copy_run(shares, from, w.out[2]);
            } else {
              share_line(w, divisor, cells(w, 0, z, divisor) * cells(w, 1, y, divisor), from, shares);
            }
          }
        }
      },
      [&](extent at, const T* sums, extent count, extent stride) {
        for (extent j = 0; j < count; ++j) {
          dx[at + j * stride] = sums[j];
        }
      });
}

template <class T>
void pool_lp_gradient(std::byte* const* arenas, const KernelArguments& call) {
  using namespace pooling;
  const Window w = read_window(call);
  const T* const x = call.operand<T>(arenas, 1);
  const T* const y = call.operand<T>(arenas, 2);
  const T* const dy = call.operand<T>(arenas, 3);
  T* const dx = call.result<T>(arenas);
  const auto p = static_cast<T>(call.numbers[0]);
  spread(
      w, dx,
      [&](extent plane, T* shares) {
        for (extent q = plane * w.pixels(); q < (plane + 1) * w.pixels(); ++q) {
          const T norm = p == T(2) ? y[q] : math::pow(y[q], p - 1);
          // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is room for a plane
          *shares++ = y[q] == 0 ? T(0) : dy[q] / norm;
        }
      },
      [&](extent at, const T* sums, extent count, extent stride) {
        for (extent j = 0; j < count; ++j) {
          const T cell = x[at + j * stride];
          const T slope = p == T(2) ? cell : math::pow(math::abs(cell), p - 1) * (cell < 0 ? T(-1) : T(cell > 0));
          dx[at + j * stride] = sums[j] * slope;
        }
      });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(pool_max_gradient, float, double)
CLEAVE_INSTANTIATE(pool_sum_gradient, float, double)
CLEAVE_INSTANTIATE(pool_lp_gradient, float, double)
