// SPDX-License-Identifier: Apache-2.0
// Windows of 2 x 2 with stride 2 over planes of even sides: the whole input is pairs of lines, one behind another, and
// each register of results comes from four of cells.
#pragma once

#include "convolve_tile.hpp"
#include "pooling.hpp"

#include <type_traits>

namespace cleave::kernels::inline CLEAVE_ISA::pooling {

/// Whether windows are such, and lines are made of whole halves of registers.
template <class T>
bool are_pairs(const Window& w) {
  constexpr extent lanes = Lanes<T>::count;
  bool pairs = w.in[0] == 1 && w.out[0] == 1 && w.kernel[0] == 1 && w.pad[0] == 0;
  for (int a = 1; a < 3; ++a) {
    pairs = pairs && w.kernel[a] == 2 && w.stride[a] == 2 && w.pad[a] == 0 && w.in[a] == 2 * w.out[a];
  }
  return lanes > 2 && pairs && w.in[2] % (lanes / 2) == 0 && w.pixels() >= lanes;
}

/// Every second lane of two registers, from lane `First` on.
template <int First, class V, std::size_t... Lane>
V every_second(const V& a, const V& b, std::index_sequence<Lane...> /*lanes*/) {
  return __builtin_shufflevector(a, b, (static_cast<int>(Lane) * 2 + First)...);
}
/// Every lane of half a register twice: of the first half, or of the second.
template <int Half, class V, std::size_t... Lane>
V each_twice(const V& a, std::index_sequence<Lane...> /*lanes*/) {
  constexpr int count = static_cast<int>(sizeof...(Lane));
  return __builtin_shufflevector(a, a, (static_cast<int>(Lane) / 2 + Half * count / 2)...);
}

/// Pairs of lines: cell `at` of the upper lines, put one behind another, and the one below it.
template <class T>
class Pairs {
public:
  explicit Pairs(const Window& w) : width_(w.in[2]) {}

  [[nodiscard]] Vector<T> upper(const T* x, extent at) const {
    return load_halves(x + place(at), x + place(at + half));
  }
  [[nodiscard]] Vector<T> lower(const T* x, extent at) const { return upper(x + width_, at); }

  /// Writes both.
  void write(T* x, extent at, const Vector<T>& cells) const {
    T both[Lanes<T>::count];
    store(both, cells);
    for (extent part = 0; part < 2; ++part) {
      T* const to = x + place(at + part * half);
      std::memcpy(to, both + part * half, sizeof(T) * half);
      std::memcpy(to + width_, both + part * half, sizeof(T) * half);
    }
  }
  /// Of cell `at` in x.
  [[nodiscard]] extent place(extent at) const { return at / width_ * 2 * width_ + at % width_; }

private:
  static constexpr extent half = Lanes<T>::count / 2;
  extent width_;
};

/// Calls step(first result) for registers of results of planes [first, last); the last may go over some again.
template <class T, class Step>
void for_pairs(const Window& w, extent first, extent last, Step step) {
  constexpr extent lanes = Lanes<T>::count;
  const extent end = last * w.pixels();
  for (extent q = first * w.pixels(); q < end; q += lanes) {
    step(least(q, end - lanes));
  }
}

template <class F, class T>
void pool_pairs(const Window& w, Divisor divisor, double p, const T* x, T* y,
                [[maybe_unused]] std::int32_t* positions) {
  using Whole = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  constexpr extent lanes = Lanes<T>::count;
  using Indices = std::make_index_sequence<Lanes<T>::count>;
  const Pairs<T> pairs(w);
  const extent pixels = w.pixels();
  // where the windows of a plane begin, and those of the next
  const Scratch shared(static_cast<std::size_t>(pixels + lanes) * sizeof(Whole));
  auto* const corners = shared.as<Whole>();
  for (extent q = 0; F::positions && q < pixels + lanes; ++q) {
    corners[q] = static_cast<Whole>(pairs.place(2 * (q % pixels)));
  }
  for_tiles(w.batch, cost_of(w, w.batch, sizeof(T)), [&](extent first, extent last) {
    for_pairs<T>(w, first, last, [&](extent q) {
      const Vector<T> upper[] = {pairs.upper(x, 2 * q), pairs.upper(x, 2 * q + lanes)};
      const Vector<T> lower[] = {pairs.lower(x, 2 * q), pairs.lower(x, 2 * q + lanes)};
      const Vector<T> cells[] = {
          every_second<0>(upper[0], upper[1], Indices{}), every_second<1>(upper[0], upper[1], Indices{}),
          every_second<0>(lower[0], lower[1], Indices{}), every_second<1>(lower[0], lower[1], Indices{})};
      F sum(p);
      if constexpr (F::positions) {
        const Vector<Whole> corner = load(corners + q % pixels);
        const auto below = static_cast<Whole>(w.in[2]);
        sum.add(cells[0], corner);
        sum.add(cells[1], corner + Whole{1});
        sum.add(cells[2], corner + below);
        sum.add(cells[3], corner + below + Whole{1});
        for (int lane = 0; lane < lanes; ++lane) {
          positions[q + lane] = static_cast<std::int32_t>(sum.position[lane]);
        }
      } else {
        for (const Vector<T>& some : cells) {
          sum.add(some);
        }
      }
      store(y + q, divisor == Divisor::none ? sum.result() : sum.result() / T(4));
    });
  });
}

/// dx, where every cell of a window gets the same.
template <class T>
void spread_pairs(const Window& w, Divisor divisor, const T* dy, T* dx) {
  using Indices = std::make_index_sequence<Lanes<T>::count>;
  const Pairs<T> pairs(w);
  for_tiles(w.batch, cost_of(w, w.batch, sizeof(T)), [&](extent first, extent last) {
    for_pairs<T>(w, first, last, [&](extent q) {
      const Vector<T> share = divisor == Divisor::none ? load(dy + q) : load(dy + q) / T(4);
      pairs.write(dx, 2 * q, each_twice<0>(share, Indices{}));
      pairs.write(dx, 2 * q + Lanes<T>::count, each_twice<1>(share, Indices{}));
    });
  });
}

} // namespace cleave::kernels::inline CLEAVE_ISA::pooling
