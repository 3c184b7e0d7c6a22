// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/diagnose.hpp>
#include <cleave/tensor/operand.hpp>

namespace cleave {

/// A view whose elements are this device's share of a sum over devices, such as a gradient before it is reduced. It is
/// no value: calculating with it, indexing it and converting it do not compile.
template <class V>
class Partial {
public:
  using cleave_operand = Partial;
  using element = typename V::element;
  using shape = typename V::shape;
  using device = typename V::device;
  static constexpr bool is_partial = true;

  constexpr explicit Partial(V share) : share_(share) {}

  /// This device's share, whose sum over all devices is the value.
  [[nodiscard]] constexpr V unreduced() const { return share_; }

  template <class... Index>
  constexpr element operator()(Index... /*index*/) const {
    static_assert(detail::no_operand_is_partial<detail::spelled<"index">, Partial, Index...>,
                  "index: the value " CLEAVE_IS_PARTIAL);
    return element{};
  }

  /// To a number or a view; a tensor's constructor refuses in the same words.
  template <class To>
    requires(detail::number<To> || (detail::eager_operand<To> && std::is_trivially_copyable_v<To>))
  constexpr operator To() const { // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
    static_assert(detail::no_operand_is_partial<detail::spelled<"convert">, Partial, To>,
                  "convert: the value " CLEAVE_IS_PARTIAL);
    if constexpr (detail::number<To>) {
      return To{};
    } else {
      return To(nullptr);
    }
  }

private:
  V share_;
};

} // namespace cleave
