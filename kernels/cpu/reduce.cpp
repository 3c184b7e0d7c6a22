// SPDX-License-Identifier: Apache-2.0
#include "grain.hpp"
#include "instantiate.hpp"
#include "parallel.hpp"
#include "reduce_columns.hpp"
#include "reduce_logsumexp.hpp"
#include "reduce_rows.hpp"

#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace folds {

/// What `width` results take.
template <class In>
Cost cost_of(const ReducePlan& plan, extent width) {
  const auto elements = static_cast<double>(plan.depth() * width);
  return {elements, elements * static_cast<double>(sizeof(In))};
}

/// One result or one root of every aligned block of grains, the roots `plan.results` apart.
template <class F, class Tiles>
void reduce_grains(const ReducePlan& plan, const typename F::In* x, typename F::A* roots) {
  using A = typename F::A;
  const Grains grains{plan.grain, plan.first_row, plan.rows()};
  const ReducePlan grain = plan.of_rows(plan.grain);
  const ReducePlan rest = plan.of_rows(plan.rows() % plan.grain); // the batch's last grain may be a part of one
  const Tiles tiles(grain, x, x + plan.elements);
  const Tiles rest_tiles(rest, x, x + plan.elements);
  for_tiles(tiles.count(), cost_of<A>(plan, Tiles::room), [&](extent first, extent last) {
    const int levels = waiting_levels(grains);
    const Scratch waiting(sizeof(A) * static_cast<std::size_t>(levels * Tiles::room));
    for (extent i = first; i < last; ++i) {
      const Tile tile = tiles.at(i);
      const auto sum = [&](A* to, extent row, extent rows) {
        const Tile own{tile.offset + plan.skipped(row), tile.first, tile.count};
        const Tiles& made_by = rows == plan.grain ? tiles : rest_tiles;
        if constexpr (Tiles::fills_room) {
          A totals[Tiles::room];
          made_by.fold(own, totals);
          std::copy_n(totals, tile.count, to);
        } else {
          made_by.fold(own, to);
        }
      };
      sum_grains(grains, roots + tile.first, plan.results, tile.count, waiting.as<A>(), sum);
    }
  });
}

template <class F, class Tiles>
void reduce_tiles(const ReducePlan& plan, const typename F::In* x, typename F::Out* out) {
  if constexpr (F::is_sum) {
    if (plan.grain > 0) {
      reduce_grains<F, Tiles>(plan, x, reinterpret_cast<typename F::A*>(out));
      return;
    }
  }
  constexpr extent few = Lanes<typename F::A>::count;
  const Tiles tiles(plan, x, x + plan.elements);
  for_tiles(tiles.count(), cost_of<typename F::In>(plan, Tiles::room), [&](extent first, extent last) {
    typename F::A totals[Tiles::room] = {};
    for (extent i = first; i < last; ++i) {
      const Tile tile = tiles.at(i);
      tiles.fold(tile, totals);
      auto* const to = out + tile.first;
      if (tile.count == few) { // mostly; a loop of known length needs no call
        for (extent k = 0; k < few; ++k) {
          to[k] = F::finish(totals[k]);
        }
        continue;
      }
      for (extent k = 0; k < tile.count; ++k) {
        to[k] = F::finish(totals[k]);
      }
    }
  });
}

template <class F>
void reduce(std::byte* const* arenas, const KernelArguments& call) {
  const ReducePlan plan(call);
  const auto* const x = call.operand<typename F::In>(arenas, 1);
  auto* const out = call.result<typename F::Out>(arenas);
  if (plan.run_is_reduced) {
    reduce_tiles<F, RowTiles<F>>(plan, x, out);
  } else {
    reduce_tiles<F, ColumnTiles<F>>(plan, x, out);
  }
}

/// Positions of the best elements. Of NaN, the first: it beats every number, and no number beats it.
template <class F>
class Positions {
  using T = typename F::In;

public:
  Positions(const ReducePlan& plan, const T* x) : plan_(plan), x_(x) {}

  /// Of one result whose run is reduced.
  [[nodiscard]] std::int64_t of_row(extent first) const {
    extent counted = 0;
    std::int64_t position = -1;
    T best{};
    const auto visit = [&](extent offset) {
      const T* const x = x_ + first + offset;
      if (plan_.run >= 4 * step) {
        Row<F> row;
        row.add(x, plan_.run);
        const T here = row.total();
        if (position < 0 || replaces(here, best)) {
          best = here;
          position = counted + find(x, here);
        }
      } else {
        for (extent i = 0; i < plan_.run; ++i) {
          const bool is_better = position < 0 || replaces(x[i], best);
          best = is_better ? x[i] : best; // no branch: nobody could foresee it
          position = is_better ? counted + i : position;
        }
      }
      counted += plan_.run;
    };
    visit_loops(plan_.reduced, plan_.reduced_count, 0, visit);
    return position;
  }
  /// Of one result of one run, whose best element is known. Without branches, which nobody could foresee.
  [[nodiscard]] std::int64_t of_known(const T* x, T best) const {
    std::int64_t position = 0;
    for (extent i = plan_.run - 1; i >= 0; --i) {
      const bool is_it = (static_cast<int>(x[i] == best) | static_cast<int>(is_nan(x[i]))) != 0;
      position = is_it ? i : position;
    }
    return position;
  }
  /// Of `width` neighbouring results whose run is kept.
  void of_columns(extent first, extent width, std::int64_t* out) const {
    T best[chunk<T>];
    std::int64_t counted = 0;
    const auto visit = [&](extent offset) {
      const T* const x = x_ + first + offset;
      for (extent i = 0; i < width; ++i) {
        if (counted == 0 || replaces(x[i], best[i])) {
          best[i] = x[i];
          out[i] = counted;
        }
      }
      ++counted;
    };
    visit_loops(plan_.reduced, plan_.reduced_count, 0, visit);
  }

private:
  static constexpr extent step = 64;

  static bool replaces(T x, T best) { return F::beats(x, best) && !is_nan(best); }
  static bool is_same(T x, T y) { return x == y || (is_nan(x) && is_nan(y)); }
  /// The first element that is `wanted`, which is there; steps without it are passed over without a branch each.
  [[nodiscard]] extent find(const T* x, T wanted) const {
    extent i = 0;
    for (;; i += step) {
      int hits = 0;
      for (extent k = i; k < i + step; ++k) {
        hits += static_cast<int>(x[k] == wanted) | static_cast<int>(is_nan(x[k]));
      }
      if (hits != 0 || i + 2 * step > plan_.run) {
        break;
      }
    }
    while (!is_same(x[i], wanted)) {
      ++i;
    }
    return i;
  }

  const ReducePlan& plan_; // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long as a call
  const T* x_;
};

template <class F>
void reduce_to_position(std::byte* const* arenas, const KernelArguments& call) {
  using T = typename F::In;
  const ReducePlan plan(call);
  const T* const x = call.operand<T>(arenas, 1);
  auto* const out = call.result<std::int64_t>(arenas);
  const Positions<F> positions(plan, x);
  if (plan.run_is_reduced && plan.reduced_count == 0 && plan.run > 0 && plan.run < long_run<T>) {
    using Rows = RowTiles<F>;
    const Rows rows(plan, x, x + plan.elements);
    for_tiles(rows.count(), cost_of<T>(plan, Rows::room), [&](extent first, extent last) {
      T best[Rows::room];
      for (extent i = first; i < last; ++i) {
        const Tile tile = rows.at(i);
        rows.fold(tile, best);
        for (extent r = 0; r < tile.count; ++r) {
          out[tile.first + r] = positions.of_known(x + tile.offset + r * rows.distance(), best[r]);
        }
      }
    });
    return;
  }
  if (plan.run_is_reduced) {
    for_tiles(plan.results, cost_of<T>(plan, 1), [&](extent first, extent last) {
      for (extent i = first; i < last; ++i) {
        out[i] = positions.of_row(plan.offset_of(i, 0));
      }
    });
    return;
  }
  using Tiles = ColumnTiles<F>;
  const Tiles tiles(plan, x, x + plan.elements);
  for_tiles(tiles.count(), cost_of<T>(plan, Tiles::room), [&](extent first, extent last) {
    for (extent i = first; i < last; ++i) {
      const Tile tile = tiles.at(i);
      positions.of_columns(tile.offset, tile.count, out + tile.first);
    }
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
  const T* const x = call.operand<T>(arenas, 1);
  T* const out = call.result<T>(arenas);
  const LogSumExp<T> sums(plan, x);
  const auto each = [&](auto tiles, auto finish) {
    for_tiles(tiles.count(), cost_of<T>(plan, tiles.room), [&](extent first, extent last) {
      T top[decltype(tiles)::room];
      for (extent i = first; i < last; ++i) {
        const Tile tile = tiles.at(i);
        tiles.fold(tile, top);
        finish(tiles, tile, top);
      }
    });
  };
  if (plan.run_is_reduced) {
    each(RowTiles<Greatest<T>>(plan, x, x + plan.elements), [&](const auto& tiles, const Tile& tile, const T* top) {
      sums.of_rows(tile.offset, tiles.distance(), tile.count, top, out + tile.first);
    });
  } else {
    each(ColumnTiles<Greatest<T>>(plan, x, x + plan.elements),
         [&](const auto& /*tiles*/, const Tile& tile, const T* top) {
           sums.of_columns(tile.offset, tile.count, top, out + tile.first);
         });
  }
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
