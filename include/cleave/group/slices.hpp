// SPDX-License-Identifier: Apache-2.0
// How a batch is cut by workload.
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// Relative shares of the batch, one a device.
template <int Devices>
struct Workload {
  double shares[detail::room_for(Devices)]{};
};

/// `static constexpr auto workload = cleave::workload(2., 1.);`
template <class... Share>
constexpr auto workload(Share... share) {
  return Workload<sizeof...(Share)>{{static_cast<double>(share)...}};
}

/// The rule by which shares become rows.
enum class Slicing : unsigned char {
  largest_remainder, ///< whole parts first, then one row each to the largest fractions; never starves a device
  mxnet_half_up,   ///< MXNet's Scala package: each share rounded, halves up (in float), the last device takes the rest
  mxnet_half_even, ///< MXNet's Python package: the same, halves to even (in double)
};

/// Rows [begin, end) of each device. `starving` names the first device without rows, or -1.
template <int Devices>
struct Slices {
  extent begin[detail::room_for(Devices)]{};
  extent end[detail::room_for(Devices)]{};
  int starving = -1;

  [[nodiscard]] constexpr extent rows(int device) const { return end[device] - begin[device]; }
};

namespace detail {

constexpr extent round_half_up(float x) {
  const float up = x + 0.5F;
  const auto whole = static_cast<extent>(up);
  return whole - (up < static_cast<float>(whole) ? 1 : 0);
}

constexpr extent round_half_even(double x) {
  const auto whole = static_cast<extent>(x); // x >= 0
  const double rest = x - static_cast<double>(whole);
  if (rest == 0.5) {
    return whole + whole % 2;
  }
  return whole + (rest > 0.5 ? 1 : 0);
}

template <int Devices>
constexpr void count_largest_remainder(extent batch_size, const Workload<Devices>& load, double total,
                                       extent (&counts)[room_for(Devices)]) {
  double fractions[room_for(Devices)]{};
  extent given = 0;
  for (int d = 0; d < Devices; ++d) {
    const double ideal = load.shares[d] * static_cast<double>(batch_size) / total;
    counts[d] = static_cast<extent>(ideal);
    fractions[d] = ideal - static_cast<double>(counts[d]);
    given += counts[d];
  }
  for (; given < batch_size; ++given) {
    int best = 0;
    for (int d = 1; d < Devices; ++d) {
      best = fractions[d] > fractions[best] ? d : best;
    }
    ++counts[best];
    fractions[best] -= 1; // ties and further rounds go on in order
  }
  // A device with a tiny share still gets a row where there are enough of them.
  for (int d = 0; d < Devices && batch_size >= Devices; ++d) {
    if (counts[d] == 0 && load.shares[d] > 0) {
      int richest = 0;
      for (int e = 1; e < Devices; ++e) {
        richest = counts[e] > counts[richest] ? e : richest;
      }
      --counts[richest];
      ++counts[d];
    }
  }
}

} // namespace detail

/// Whether every share is a positive finite number.
template <int Devices>
constexpr bool is_valid(const Workload<Devices>& load) {
  for (const double share : load.shares) {
    const bool is_positive = share > 0 && share < 1e300; // NaN is neither
    if (!is_positive) {
      return false;
    }
  }
  return true;
}

/// Cuts `batch_size` rows into contiguous slices that cover the batch in device order. With the mxnet rules, and with
/// fewer rows than devices, a device may be left without rows: see Slices::starving.
template <int Devices>
constexpr Slices<Devices> slice_batch(extent batch_size, const Workload<Devices>& load,
                                      Slicing rule = Slicing::largest_remainder) {
  extent counts[detail::room_for(Devices)]{};
  extent given = 0;
  double total = 0;
  float total_float = 0;
  for (const double share : load.shares) {
    total += share;
    total_float += static_cast<float>(share);
  }
  if (rule == Slicing::largest_remainder) {
    detail::count_largest_remainder(batch_size, load, total, counts);
  } else {
    for (int d = 0; d < Devices; ++d) {
      counts[d] =
          rule == Slicing::mxnet_half_up
              ? detail::round_half_up(static_cast<float>(load.shares[d]) * static_cast<float>(batch_size) / total_float)
              : detail::round_half_even(load.shares[d] * static_cast<double>(batch_size) / total);
      given += counts[d];
    }
    if (given < batch_size) {
      counts[Devices - 1] += batch_size - given;
    }
  }
  Slices<Devices> slices;
  extent at = 0;
  for (int d = 0; d < Devices; ++d) {
    const extent end = at + counts[d] < batch_size ? at + counts[d] : batch_size;
    slices.begin[d] = at;
    slices.end[d] = end;
    if (end <= at && slices.starving < 0) {
      slices.starving = d;
    }
    at = end;
  }
  return slices;
}

} // namespace cleave
