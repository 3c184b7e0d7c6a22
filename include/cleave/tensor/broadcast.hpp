// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/reshape.hpp>
#include <cleave/tensor/look.hpp>

namespace cleave {
namespace detail {

template <class S, class To>
constexpr bool fits_into() {
  if constexpr (is_shape<To>) {
    return broadcasts_to(S::dims, To::dims);
  } else {
    return false;
  }
}
template <class To>
constexpr bool is_static_shape() {
  if constexpr (is_shape<To>) {
    return To::is_static;
  } else {
    return false;
  }
}

// Named rules for messages; `Op` is a text.
template <class Op, class To>
concept is_a_static_shape = is_static_shape<To>();
template <class Op, class S, class To>
concept axes_are_found_in = fits_into<S, To>();

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "broadcast_to")                                                                          \
  CLEAVE_RULE_OF_STATIC_VIEWS(RULE, "broadcast_to")                                                                    \
  RULE("broadcast_to: expects a shape of static extents, such as broadcast_to<Shape<N<2>, C<3>>>(x)",                  \
       is_a_static_shape<void, To>)                                                                                    \
  RULE("broadcast_to: the axes of the value must be found in the shape, by name, in order and with equal extents",     \
       axes_are_found_in<void, S, To>)
CLEAVE_JUDGE(broadcast_to, CLEAVE_RULES, class To, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

template <class S, class St, class To>
struct BroadcastOf {
  static constexpr Strided value = broadcasted(strided_of<S, St>(), To::dims);
};

} // namespace detail

/// The elements repeated along the axes of shape `To` that x lacks, by stride 0: a view that only reads. Errors while
/// compiling: an axis of x that is not in `To` at its place with its extent, `x` an expression or a temporary.
template <class To, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto broadcast_to(X&& x) {
  using Source = std::remove_cvref_t<X>;
  detail::expect_broadcast_to<To, X>();
  if constexpr (detail::broadcast_to_is_right<To, X>()) {
    using Of = detail::BroadcastOf<typename Source::shape, typename Source::strides, To>;
    return View<const typename Source::element, To, typename Source::device, detail::strides_lifted<Of>>(x.data());
  } else {
    return Refused{};
  }
}

} // namespace cleave
