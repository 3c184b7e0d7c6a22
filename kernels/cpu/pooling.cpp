// SPDX-License-Identifier: Apache-2.0
#include "pooling_pairs.hpp"

#include "instantiate.hpp"

#include <cleave/ops/pool_kernels.hpp>

#include <type_traits>

namespace cleave::kernels::inline CLEAVE_ISA::pooling {

/// Whole numbers as wide as T, a register of them beside one of T.
template <class T>
using Whole = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

/// In which lanes.
template <class V>
auto is_nan(const V& x) {
  return x != x; // NOLINT(misc-redundant-expression): true of NaN alone
}

/// The greatest seen so far in each lane and where; of equals the first, NaN above all.
template <class T>
struct Greatest {
  static constexpr bool positions = true;
  Vector<T> value = Vector<T>{} - static_cast<T>(__builtin_inf());
  Vector<Whole<T>> position = Vector<Whole<T>>{} - 1;

  static constexpr T padding = -static_cast<T>(__builtin_inf());
  explicit Greatest(double /*p*/) {}
  void add(const Vector<T>& x, const Vector<Whole<T>>& at) {
    const auto better = ((x > value) | is_nan(x)) & ~is_nan(value);
    value = better ? x : value;
    position = better ? at : position;
  }
  void join(const Greatest& other) {
    const auto nan = is_nan(value);
    const auto other_nan = is_nan(other.value);
    const auto first = (other.position < position) & (other.position >= 0);
    const auto better =
        ((other.value > value) & ~nan) | ((other.value == value) & first) | (other_nan & (~nan | first));
    value = better ? other.value : value;
    position = better ? other.position : position;
  }
  [[nodiscard]] Vector<T> result() const { return value; }
};
/// The same without positions.
template <class T>
struct GreatestValue {
  static constexpr bool positions = false;
  Vector<T> value = Vector<T>{} - static_cast<T>(__builtin_inf());

  static constexpr T padding = -static_cast<T>(__builtin_inf());
  explicit GreatestValue(double /*p*/) {}
  void add(const Vector<T>& x) {
    const auto better = ((x > value) | is_nan(x)) & ~is_nan(value);
    value = better ? x : value;
  }
  void join(const GreatestValue& other) { add(other.value); }
  [[nodiscard]] Vector<T> result() const { return value; }
};

template <class T>
struct Sum {
  static constexpr bool positions = false;
  Vector<T> value = {};

  static constexpr T padding = 0;
  explicit Sum(double /*p*/) {}
  void add(const Vector<T>& x) { value += x; }
  void join(const Sum& other) { value += other.value; }
  [[nodiscard]] Vector<T> result() const { return value; }
};

/// |x|^p, added up; its p-th root.
template <class T>
struct Norm {
  static constexpr bool positions = false;
  Vector<T> value = {};
  T p;

  static constexpr T padding = 0;
  explicit Norm(double power) : p(static_cast<T>(power)) {}
  void join(const Norm& other) { value += other.value; }
  void add(const Vector<T>& x) {
    if (p == T(2)) {
      value += x * x;
    } else if (p == T(1)) {
      value += x < 0 ? -x : x;
    } else {
      for (int lane = 0; lane < Lanes<T>::count; ++lane) {
        value[lane] += math::pow(math::abs(x[lane]), p);
      }
    }
  }
  [[nodiscard]] Vector<T> result() const {
    Vector<T> root = value;
    for (int lane = 0; p != T(1) && lane < Lanes<T>::count; ++lane) {
      root[lane] = p == T(2) ? math::sqrt(value[lane]) : math::pow(value[lane], 1 / p);
    }
    return root;
  }
};

template <class T>
Vector<Whole<T>> lane_numbers() {
  Vector<Whole<T>> made{};
  for (int lane = 0; lane < Lanes<T>::count; ++lane) {
    made[lane] = static_cast<Whole<T>>(lane);
  }
  return made;
}

/// Pools windows of `planes`, laid out: all results of a strip, a register of neighbours at a time.
template <class F, class T>
class Pool {
public:
  Pool(const Window& window, Divisor divisor, double p)
      : w_(window), strips_(strips_of(window, T())), layout_(strips_.layout(window)), divisor_(divisor), p_(p) {}

  void run(const T* x, T* y, std::int32_t* positions) {
    const extent taps_bytes = ceil_div(w_.taps() * 2 * static_cast<extent>(sizeof(extent)), 64) * 64;
    const extent columns_bytes = ceil_div((w_.out[2] + Lanes<T>::count) * static_cast<extent>(sizeof(T)), 64) * 64;
    const Scratch shared(static_cast<std::size_t>(taps_bytes + columns_bytes));
    offsets_ = shared.as<extent>();
    layout_.offsets(w_, offsets_);
    for (extent t = 0; t < w_.taps(); ++t) { // and the same in the input
      const extent y_tap = t / w_.kernel[2];
      offsets_[w_.taps() + t] = (y_tap / w_.kernel[1] * w_.in[1] + y_tap % w_.kernel[1]) * w_.in[2] + t % w_.kernel[2];
    }
    columns_ = reinterpret_cast<T*>(shared.data() + taps_bytes);
    for (extent i = 0; i < w_.out[2] + Lanes<T>::count; ++i) {
      columns_[i] = i < w_.out[2] ? static_cast<T>(cells(w_, 2, i, divisor_)) : T(1);
    }
    const extent count = strips_.count(w_);
    for_tiles(count, cost_of(w_, count, sizeof(T)), [&](extent first, extent last) {
      const Scratch own(static_cast<std::size_t>(layout_.size) * sizeof(T));
      T* const planes = own.as<T>();
      for (extent i = first; i < last; ++i) {
        const Strip strip = strips_.strip(w_, i);
        if (i == first || strips_.parts() > 1) {
          for (extent at = 0; at < layout_.size; ++at) {
            planes[at] = F::padding;
          }
        }
        fill(w_, layout_, strip, x, planes);
        pool_strip(strip, planes, y, positions);
      }
    });
  }

private:
  void pool_strip(const Strip& strip, const T* planes, T* y, std::int32_t* positions) const {
    for (extent i = 0; i < strip.images; ++i) {
      for (extent z = 0; z < strip.count[0]; ++z) {
        for (extent line = 0; line < strip.count[1]; ++line) {
          const extent oz = strip.first[0] + z;
          const extent oy = strip.first[1] + line;
          const extent row = (((strip.image + i) * w_.out[0] + oz) * w_.out[1] + oy) * w_.out[2];
          pool_row(planes + layout_.place(w_, i, z, line, 0), oz, oy, y + row,
                   F::positions ? positions + row : nullptr);
        }
      }
    }
  }

  void pool_row(const T* from, extent oz, extent oy, T* y, [[maybe_unused]] std::int32_t* positions) const {
    constexpr extent lanes = Lanes<T>::count;
    const extent taps = w_.taps();
    const extent corner =
        ((oz * w_.stride[0] - w_.pad[0]) * w_.in[1] + oy * w_.stride[1] - w_.pad[1]) * w_.in[2] - w_.pad[2];
    const T rows =
        divisor_ == Divisor::none ? T(1) : static_cast<T>(cells(w_, 0, oz, divisor_) * cells(w_, 1, oy, divisor_));
    const auto column = lane_numbers<T>() * static_cast<Whole<T>>(w_.stride[2]);
    for (extent ox = 0; ox < w_.out[2]; ox += lanes) {
      F sum(p_);
      for (extent t = 0; t < taps; ++t) {
        const Vector<T> x = load(from + offsets_[t] + ox);
        if constexpr (F::positions) {
          sum.add(x, column + static_cast<Whole<T>>(corner + ox * w_.stride[2] + offsets_[taps + t]));
        } else {
          sum.add(x);
        }
      }
      Vector<T> result = sum.result();
      if (divisor_ != Divisor::none) {
        const Vector<T> count = rows * load(columns_ + ox);
        result = count == 0 ? Vector<T>{} : result / count;
      }
      const extent count = least(lanes, w_.out[2] - ox);
      if (count == lanes) {
        store(y + ox, result);
      } else {
        T full[lanes];
        store(full, result);
        copy_run(y + ox, full, count);
      }
      if constexpr (F::positions) {
        for (int lane = 0; lane < count; ++lane) {
          positions[ox + lane] = static_cast<std::int32_t>(sum.position[lane]);
        }
      }
    }
  }

  Window w_;
  Strips strips_;
  Layout layout_;
  Divisor divisor_;
  double p_;
  extent* offsets_ = nullptr;
  T* columns_ = nullptr;
};

template <int Step, class V, std::size_t... Lane>
V rotated(const V& x, std::index_sequence<Lane...> /*lanes*/) {
  return __builtin_shufflevector(x, x, (static_cast<int>(Lane) + Step) % static_cast<int>(sizeof...(Lane))...);
}

/// Joins what the lanes hold: those half a register apart first.
template <class T, class F, int Step = Lanes<T>::count / 2>
void join_lanes(F& sum) {
  using Indices = std::make_index_sequence<Lanes<T>::count>;
  F other = sum;
  other.value = rotated<Step>(sum.value, Indices{});
  if constexpr (F::positions) {
    other.position = rotated<Step>(sum.position, Indices{});
  }
  sum.join(other);
  if constexpr (Step > 1) {
    join_lanes<T, F, Step / 2>(sum);
  }
}

/// Windows that are whole planes: by position modulo 64 bytes first, whatever the registers; then the halves of what is
/// left, again and again.
template <class F, class T, std::size_t... Slice>
void pool_planes(const Window& w, Divisor divisor, double p, const T* x, T* y, std::int32_t* positions,
                 std::index_sequence<Slice...> /*slices*/) {
  constexpr int lanes = Lanes<T>::count;
  constexpr int width = 64 / static_cast<int>(sizeof(T));
  constexpr int slices = static_cast<int>(sizeof...(Slice));
  const extent plane = w.plane();
  for_tiles(w.batch, cost_of(w, w.batch, sizeof(T)), [&](extent first, extent last) {
    for (extent i = first; i < last; ++i) {
      const T* const from = x + i * plane;
      F sums[slices] = {(static_cast<void>(Slice), F(p))...};
      for (int s = 0; s < slices; ++s) {
        F sum(p);
        for (extent at = extent{lanes} * s; at < plane; at += width) {
          Vector<T> some;
          if (at + lanes <= plane) {
            some = load(from + at);
          } else {
            T rest[lanes];
            store(rest, Vector<T>{} + F::padding);
            copy_run(rest, from + at, plane - at);
            some = load(rest);
          }
          if constexpr (F::positions) {
            sum.add(some, lane_numbers<T>() + static_cast<Whole<T>>(at));
          } else {
            sum.add(some);
          }
        }
        sums[s] = sum;
      }
      for (int half = slices / 2; half > 0; half /= 2) {
        for (int s = 0; s < half; ++s) {
          sums[s].join(sums[s + half]);
        }
      }
      join_lanes<T>(sums[0]);
      y[i] = sums[0].result()[0];
      if (divisor != Divisor::none) {
        y[i] /= static_cast<T>(plane);
      }
      if constexpr (F::positions) {
        positions[i] = static_cast<std::int32_t>(sums[0].position[0]);
      }
    }
  });
}

template <class F, class T>
void pool(const KernelArguments& call, Divisor divisor, double p, const T* x, T* y, std::int32_t* positions) {
  const Window w = read_window(call);
  if (is_global(w)) {
    pool_planes<F>(w, divisor, p, x, y, positions, std::make_index_sequence<64 / register_bytes>{});
  } else if (are_pairs<T>(w)) {
    pool_pairs<F>(w, divisor, p, x, y, positions);
  } else {
    Pool<F, T>(w, divisor, p).run(x, y, positions);
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA::pooling

namespace cleave::kernels::inline CLEAVE_KERNELS {

template <class T>
void pool_max(std::byte* const* arenas, const KernelArguments& call) {
  using namespace pooling;
  const T* const x = call.operand<T>(arenas, 1);
  T* const y = call.result<T>(arenas);
  if ((call.masks[0] & 1) != 0) {
    const Location& at = call.operands[2];
    auto* const positions = reinterpret_cast<std::int32_t*>(arenas[static_cast<int>(at.arena)] + at.offset);
    pool<Greatest<T>>(call, Divisor::none, 0, x, y, positions);
  } else {
    pool<GreatestValue<T>>(call, Divisor::none, 0, x, y, nullptr);
  }
}

template <class T>
void pool_sum(std::byte* const* arenas, const KernelArguments& call) {
  using namespace pooling;
  pool<Sum<T>>(call, divisor_of(call), 0, call.operand<T>(arenas, 1), call.result<T>(arenas), nullptr);
}

template <class T>
void pool_lp(std::byte* const* arenas, const KernelArguments& call) {
  using namespace pooling;
  pool<Norm<T>>(call, Divisor::none, call.numbers[0], call.operand<T>(arenas, 1), call.result<T>(arenas), nullptr);
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(pool_max, float, double)
CLEAVE_INSTANTIATE(pool_sum, float, double)
CLEAVE_INSTANTIATE(pool_lp, float, double)
