// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/crop.hpp>
#include <cleave/tensor/look.hpp>

namespace cleave {
namespace detail {

// Named rules for messages; `Op` is a text.
template <class Op, class... To>
concept names_axes = sizeof...(To) > 0 && only_axes<void, To...>;
template <class Op, class S, class... To>
concept all_axes_are_present = (S::dims.has(To::letter) && ...);
template <class Op, class S, class... To>
concept cropped_axes_are_static = ((S::dims.extent_of(To::letter) != dynamic) && ...);
template <class Op, int Axes, int Offsets>
concept one_offset_an_axis = Axes == Offsets;
template <class Op, char Misfit, class S, class... To>
concept crop_is_inside = Misfit == '\0';

template <class S, class Given, class... To>
struct CropAt;
template <class S, extent... At, class... To>
struct CropAt<S, Offset<At...>, To...> {
  static constexpr int count = sizeof...(At);
  static constexpr Offsets offsets{{At...}};
};
/// Centred.
template <class S, class... To>
struct CropAt<S, void, To...> {
  static constexpr int count = sizeof...(To);
  static constexpr Offsets offsets = centred(S::dims, make_dims<To...>());
};
/// Known only while running: 0 stands for what comes.
template <int Count>
struct RunTimeOffsets {};
template <class S, int Count, class... To>
struct CropAt<S, RunTimeOffsets<Count>, To...> {
  static constexpr int count = Count;
  static constexpr Offsets offsets{};
};

template <class S, class Given, class... To>
constexpr char judge_crop() {
  if constexpr ((is_axis<To> && ...)) {
    return crop_misfit(S::dims, make_dims<To...>(), CropAt<S, Given, To...>::offsets.at);
  } else {
    return '\0';
  }
}

// `Given` is an Offset, RunTimeOffsets, or void for centred; `Misfit` is for messages.
#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "crop")                                                                                  \
  RULE("crop: expects axes with the extents that are to be left, such as crop<H<20>, W<20>>(x)",                       \
       names_axes<void, To...>)                                                                                        \
  RULE("crop: an axis is named twice", axes_make_a_shape<void, To...>)                                                 \
  RULE("crop: the shape has no axis of that letter", all_axes_are_present<void, S, To...>)                             \
  RULE("crop: the axis is dynamic; take a part of static size with slice first",                                       \
       cropped_axes_are_static<void, S, To...>)                                                                        \
  RULE("crop: expects one offset for each axis it names", one_offset_an_axis<void, sizeof...(To), Offsets>)            \
  RULE("crop: what is to be left reaches beyond the axis, or is empty; expects 0 <= offset and offset + count <= "     \
       "extent, count at least 1",                                                                                     \
       crop_is_inside<void, Misfit, S, To...>)
CLEAVE_JUDGE(crop, CLEAVE_RULES, class X, class Given, class... To, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, int Offsets = CropAt<S, Given, To...>::count,
             char Misfit = judge_crop<S, Given, To...>(), bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

template <class S, class St, class Given, class... To>
struct CropOf {
  static constexpr Strided value =
      cropped(strided_of<S, St>(), make_dims<To...>(), CropAt<S, Given, To...>::offsets.at);
};

template <class Given, class... To, class X>
constexpr auto make_crop(X& x) {
  using Source = std::remove_const_t<X>;
  if constexpr (crop_is_right<X&, Given, To...>()) {
    return look<CropOf<typename Source::shape, typename Source::strides, Given, To...>>(x);
  } else {
    return Refused{};
  }
}

template <class... To, class X>
constexpr auto make_crop_at(X& x, const Offsets& offsets) {
  using Source = std::remove_const_t<X>;
  using Given = RunTimeOffsets<sizeof...(To)>;
  if constexpr (crop_is_right<X&, Given, To...>()) {
    using S = typename Source::shape;
    using Of = CropOf<S, typename Source::strides, Given, To...>;
    constexpr Dims to = make_dims<To...>();
    extent first = 0;
    for (int i = 0; i < to.rank; ++i) {
      const int axis = S::dims.index_of(to.letters[i]);
      const extent at = offsets.at[i];
      if (at < 0 || at > S::dims.extents[axis] - to.extents[i]) {
        fail("crop: %td elements from %td on along axis %c were asked for, but there are %td", to.extents[i], at,
             to.letters[i], S::dims.extents[axis]);
      }
      first += at * Source::strides::values[axis];
    }
    return view_into<std::remove_pointer_t<decltype(x.data())>, shape_lifted<Of>, strides_lifted<Of>>(x,
                                                                                                      x.data() + first);
  } else {
    return Refused{};
  }
}

} // namespace detail

/// The middle of a tensor or view, as a view: `crop<H<20>, W<20>>(x)` leaves 20 elements along H and W, and the other
/// axes whole. What is left over is cut off in equal parts, an odd element at the end. Errors while compiling: an axis
/// absent, dynamic or named twice; more elements than there are, or none; `x` an expression or a temporary.
template <class... To, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto crop(X&& x) {
  detail::expect_crop<X, void, To...>();
  return detail::make_crop<void, To...>(x);
}

/// A part that begins at static offsets, one for each axis that is named: `crop<H<20>, W<20>>(x, offset<2, 3>)`. Errors
/// while compiling: as above, and where the part reaches beyond an axis.
template <class... To, detail::viewable X, extent... At>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto crop(X&& x, Offset<At...> /*offsets*/) {
  detail::expect_crop<X, Offset<At...>, To...>();
  return detail::make_crop<Offset<At...>, To...>(x);
}

/// A part that begins at offsets known only while running: `crop<H<20>, W<20>>(x, 2, 3)`. Errors: as above while
/// compiling; throws Error where the part reaches beyond an axis.
template <class... To, detail::viewable X, class... At>
  requires(sizeof...(At) > 0 && (std::is_integral_v<At> && ...))
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto crop(X&& x, At... at) {
  detail::expect_crop<X, detail::RunTimeOffsets<sizeof...(At)>, To...>();
  if constexpr (sizeof...(At) == sizeof...(To)) {
    return detail::make_crop_at<To...>(x, detail::Offsets{{static_cast<extent>(at)...}});
  } else {
    return Refused{};
  }
}

} // namespace cleave
