// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"
#include "reduce_loops.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace folds {

// Whole numbers are added and multiplied modulo 2^64, where overflow is defined.
template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, T, std::uint64_t>;
template <class T>
using Result = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;

template <class T>
constexpr bool is_nan(T x) {
  return x != x; // NOLINT(misc-redundant-expression): true of NaN alone
}

template <class T>
struct Plus {
  using In = T;
  using A = Wide<T>;
  using Whole = std::conditional_t<std::is_same_v<T, float>, double, A>;
  using Out = Result<T>;
  static constexpr bool compares = false;
  static constexpr A start() { return 0; }
  static constexpr A add(A a, T x) { return a + static_cast<A>(x); }
  template <class Total>
  static constexpr Total join(Total a, Total b) {
    return a + b;
  }
  static constexpr Out finish(A a) { return static_cast<Out>(a); }
};

template <class T>
struct PlusNumbers : Plus<T> {
  static constexpr T add(T a, T x) { return a + (is_nan(x) ? T(0) : x); }
};

template <class T>
struct Times {
  using In = T;
  using A = Wide<T>;
  using Whole = A;
  using Out = Result<T>;
  static constexpr bool compares = false;
  static constexpr A start() { return 1; }
  static constexpr A add(A a, T x) { return a * static_cast<A>(x); }
  static constexpr A join(A a, A b) { return a * b; }
  static constexpr Out finish(A a) { return static_cast<Out>(a); }
};

template <class T>
struct Squares {
  using In = T;
  using A = double;
  using Whole = A;
  using Out = T;
  static constexpr bool compares = false;
  static constexpr A start() { return 0; }
  static constexpr A add(A a, T x) { return a + static_cast<double>(x) * static_cast<double>(x); }
  static constexpr A join(A a, A b) { return a + b; }
  static Out finish(A a) { return static_cast<T>(std::sqrt(a)); }
};

template <class T>
struct Greatest {
  using In = T;
  using A = T;
  using Whole = A;
  using Out = T;
  static constexpr bool compares = true;
  static constexpr T start() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  }
  static constexpr bool beats(T x, T a) { return x > a || is_nan(x); }
  static constexpr T add(T a, T x) { return beats(x, a) ? x : a; }
  static constexpr T join(T a, T b) { return add(a, b); }
  static constexpr T finish(T a) { return a; }
};

template <class T>
struct Least : Greatest<T> {
  static constexpr T start() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
  static constexpr bool beats(T x, T a) { return x < a || is_nan(x); }
  static constexpr T add(T a, T x) { return beats(x, a) ? x : a; }
  static constexpr T join(T a, T b) { return add(a, b); }
};

template <class F>
void reduce(std::byte* const* arenas, const KernelArguments& call) {
  const ReducePlan plan(call);
  const auto* const in = call.operand<typename F::In>(arenas, 1);
  auto* out = call.result<typename F::Out>(arenas);
  each_result(
      plan, [&](extent offset) { *out++ = F::finish(fold_row<F>(plan, in + offset)); },
      [&](extent offset, extent width) {
        Columns<F> columns(width);
        fold_columns(plan, in + offset, columns);
        for (extent i = 0; i < width; ++i) {
          *out++ = F::finish(columns[i]);
        }
      });
}

/// Positions of the best elements. Of NaN, the first: it beats every number, and no number beats it.
template <class F>
void reduce_to_position(std::byte* const* arenas, const KernelArguments& call) {
  using T = typename F::In;
  const ReducePlan plan(call);
  const T* const in = call.operand<T>(arenas, 1);
  auto* out = call.result<std::int64_t>(arenas);
  const auto replaces = [](T x, T best) { return F::beats(x, best) && !is_nan(best); };
  each_result(
      plan,
      [&](extent first) {
        extent counted = 0;
        extent position = -1;
        T best{};
        const auto visit = [&](extent offset) {
          const T* const x = in + first + offset;
          Row<F> row;
          row.add(x, plan.run);
          const T here = row.total();
          if (position < 0 || replaces(here, best)) {
            extent i = 0;
            while (!(x[i] == here || (is_nan(here) && is_nan(x[i])))) {
              ++i;
            }
            best = here;
            position = counted + i;
          }
          counted += plan.run;
        };
        visit_loops(plan.reduced, plan.reduced_count, 0, visit);
        *out++ = position;
      },
      [&](extent first, extent width) {
        T best[chunk];
        std::int64_t counted = 0;
        const auto visit = [&](extent offset) {
          const T* const x = in + first + offset;
          for (extent i = 0; i < width; ++i) {
            if (counted == 0 || replaces(x[i], best[i])) {
              best[i] = x[i];
              out[i] = counted;
            }
          }
          ++counted;
        };
        visit_loops(plan.reduced, plan.reduced_count, 0, visit);
        out += width;
      });
}

} // namespace folds

template <class T>
void reduce_sum(std::byte* const* arenas, const KernelArguments& call) {
  folds::reduce<folds::Plus<T>>(arenas, call);
}
template <class T>
void reduce_nansum(std::byte* const* arenas, const KernelArguments& call) {
  folds::reduce<folds::PlusNumbers<T>>(arenas, call);
}
template <class T>
void reduce_prod(std::byte* const* arenas, const KernelArguments& call) {
  folds::reduce<folds::Times<T>>(arenas, call);
}
template <class T>
void reduce_max(std::byte* const* arenas, const KernelArguments& call) {
  folds::reduce<folds::Greatest<T>>(arenas, call);
}
template <class T>
void reduce_min(std::byte* const* arenas, const KernelArguments& call) {
  folds::reduce<folds::Least<T>>(arenas, call);
}
template <class T>
void reduce_norm(std::byte* const* arenas, const KernelArguments& call) {
  folds::reduce<folds::Squares<T>>(arenas, call);
}
template <class T>
void reduce_argmax(std::byte* const* arenas, const KernelArguments& call) {
  folds::reduce_to_position<folds::Greatest<T>>(arenas, call);
}
template <class T>
void reduce_argmin(std::byte* const* arenas, const KernelArguments& call) {
  folds::reduce_to_position<folds::Least<T>>(arenas, call);
}

template <class T>
void reduce_logsumexp(std::byte* const* arenas, const KernelArguments& call) {
  using namespace folds;
  const ReducePlan plan(call);
  const T* const in = call.operand<T>(arenas, 1);
  T* out = call.result<T>(arenas);
  // what is infinite or NaN is the result: distances from it would be NaN
  const auto finish = [](T top, double total) {
    return std::isfinite(top) ? top + std::log(static_cast<T>(total)) : top;
  };
  each_result(
      plan,
      [&](extent first) {
        const T top = fold_row<Greatest<T>>(plan, in + first);
        double total = 0; // many small numbers
        const auto add = [&](extent offset) {
          for (extent i = 0; i < plan.run; ++i) {
            total += static_cast<double>(std::exp(in[first + offset + i] - top));
          }
        };
        visit_loops(plan.reduced, plan.reduced_count, 0, add);
        *out++ = finish(top, total);
      },
      [&](extent first, extent width) {
        Columns<Greatest<T>> top(width);
        fold_columns(plan, in + first, top);
        double total[chunk];
        std::fill_n(total, width, 0.);
        const auto add = [&](extent offset) {
          for (extent i = 0; i < width; ++i) {
            total[i] += static_cast<double>(std::exp(in[first + offset + i] - top[i]));
          }
        };
        visit_loops(plan.reduced, plan.reduced_count, 0, add);
        for (extent i = 0; i < width; ++i) {
          *out++ = finish(top[i], total[i]);
        }
      });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(reduce_sum, float, double, std::int32_t, std::int64_t, std::uint8_t)
CLEAVE_INSTANTIATE(reduce_prod, float, double, std::int32_t, std::int64_t, std::uint8_t)
CLEAVE_INSTANTIATE(reduce_max, float, double, std::int32_t, std::int64_t, std::uint8_t)
CLEAVE_INSTANTIATE(reduce_min, float, double, std::int32_t, std::int64_t, std::uint8_t)
CLEAVE_INSTANTIATE(reduce_argmax, float, double, std::int32_t, std::int64_t, std::uint8_t)
CLEAVE_INSTANTIATE(reduce_argmin, float, double, std::int32_t, std::int64_t, std::uint8_t)
CLEAVE_INSTANTIATE(reduce_nansum, float, double)
CLEAVE_INSTANTIATE(reduce_norm, float, double)
CLEAVE_INSTANTIATE(reduce_logsumexp, float, double)
