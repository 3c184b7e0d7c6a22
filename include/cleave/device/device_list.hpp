// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/device/cpu.hpp>

#include <type_traits>

namespace cleave {
namespace detail {

template <int Index, class First, class... Rest>
struct device_at : device_at<Index - 1, Rest...> {};
template <class First, class... Rest>
struct device_at<0, First, Rest...> {
  using type = First;
};

template <class...>
inline constexpr bool are_distinct = true;
template <class First, class... Rest>
inline constexpr bool are_distinct<First, Rest...> = (!std::is_same_v<First, Rest> && ...) && are_distinct<Rest...>;

// Read as the rules they state.
template <class... D>
concept some_devices = sizeof...(D) > 0;
template <class... D>
concept only_devices = (is_device<D> && ...);
template <class... D>
concept no_device_twice = are_distinct<D...>;

} // namespace detail

/// The devices of a job, in the order in which they take slices of a batch.
template <class... D>
struct Devices {
  static_assert(detail::some_devices<D...>, "Devices: a list of devices has at least one");
  static_assert(detail::only_devices<D...>, "Devices: expects devices, such as cleave::Cpu<0>");
  static_assert(detail::no_device_twice<D...>,
                "Devices: a device is listed twice; give each slice a device of its own, such as Cpu<0>, Cpu<1>");
  static constexpr int count = sizeof...(D);
  /// The device at a position, counted from 0.
  template <int Index>
  using at = typename detail::device_at<Index, D...>::type;
};

} // namespace cleave
