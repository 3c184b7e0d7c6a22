// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/error.hpp>
#include <cleave/group/job.hpp>
#include <cleave/shape/strides.hpp>
#include <cleave/tensor/operand.hpp>

namespace cleave {

/// Where one input of a batch lies: row-major, all rows of the batch, of any element type (scatter casts).
struct BatchInput {
  const void* data = nullptr; ///< null: absent
  DType dtype = DType::f32;
};

/// A mini-batch whose size is known only while running: what iterators yield. Borrows its arrays, which must stay
/// until the step that uses them has ended. Inputs are in the job's order, data first, then labels.
template <class Job>
struct AnyBatch {
  static constexpr int count = detail::inputs_of<Job>::count;

  BatchInput inputs[detail::room_for(count)]{};
  extent rows = 0; ///< must be one of the job's batch sizes
  extent pad = 0;  ///< of these, how many at the end are filler
};

namespace detail {

template <class X, class Wanted>
concept has_shape = std::is_same_v<typename X::shape, Wanted>;

/// Something with elements in memory: a tensor or a view.
template <class X>
concept stored_operand = eager_operand<X> && requires(const X& x) {
  x.data();
  typename X::strides;
};

/// Whether elements can be read one after another, as scatter does. (Other types are refused for other reasons.)
template <class X>
constexpr bool lies_in_one_piece() {
  if constexpr (stored_operand<X>) {
    return is_contiguous<typename X::shape, typename X::strides>;
  } else {
    return true;
  }
}
template <class X>
concept elements_lie_one_after_another = lies_in_one_piece<X>();

/// What an array must be like that is given for an input.
enum class ArrayRule : unsigned char { kept, refused_before, is_stored, has_shape, is_contiguous };

template <class Wanted, class X>
constexpr ArrayRule judge_array() {
  if constexpr (refused_operand<X>) {
    return ArrayRule::refused_before;
  } else if constexpr (!stored_operand<X>) {
    return ArrayRule::is_stored;
  } else if constexpr (!has_shape<X, Wanted>) {
    return ArrayRule::has_shape;
  } else {
    return lies_in_one_piece<X>() ? ArrayRule::kept : ArrayRule::is_contiguous;
  }
}

/// The first of a batch's arrays that breaks a rule, with the shape of the input in its place.
template <ArrayRule Broken, int Index, class Wanted, class X>
struct ArrayFault {
  static constexpr ArrayRule broken = Broken;
};
template <class Job, extent Rows, int Index, class... X>
constexpr auto judge_arrays() {
  if constexpr (Index == sizeof...(X)) {
    return ArrayFault<ArrayRule::kept, 0, void, void>{};
  } else {
    using Wanted = typename inputs_of<Job>::template at<Index>::template shape_of<Rows>;
    using Given = typename pick<Index, X...>::type;
    constexpr ArrayRule broken = judge_array<Wanted, Given>();
    if constexpr (broken == ArrayRule::kept) {
      return judge_arrays<Job, Rows, Index + 1, X...>();
    } else {
      return ArrayFault<broken, Index, Wanted, Given>{};
    }
  }
}
template <class Job, extent Rows, bool CountFits, class... X>
constexpr auto judge_batch() {
  if constexpr (CountFits) {
    return judge_arrays<Job, Rows, 0, X...>();
  } else {
    return ArrayFault<ArrayRule::refused_before, 0, void, void>{};
  }
}

/// Whether no array breaks the rule; `Found` says which does.
template <ArrayRule Asked, class Found>
inline constexpr bool arrays_keep = Found::broken != Asked;

/// A view may be a temporary, what owns its elements may not.
template <class X>
concept outlives_the_call = std::is_lvalue_reference_v<X> || std::is_trivially_copyable_v<std::remove_reference_t<X>>;

} // namespace detail

/// A mini-batch of a size the compiler knows: `Batch<Job, 64> b(data, labels)`. Takes tensors or views whose shapes are
/// the inputs'; element types may differ. Borrows them. Labels may be left out for evaluation.
template <class Job, extent Rows>
class Batch {
  using Data = detail::data_of<Job>;
  using All = detail::inputs_of<Job>;

public:
  static constexpr extent rows = Rows;

  template <class... X>
    requires(!(std::is_same_v<std::remove_cvref_t<X>, Batch> || ...))
  explicit Batch(X&&... arrays) { // NOLINT(cppcoreguidelines-missing-std-forward): only looked at
    constexpr bool stay = (detail::outlives_the_call<X> && ...);
    constexpr bool count_fits = sizeof...(X) == Data::count || sizeof...(X) == All::count;
    static_assert(stay,
                  "Batch: borrows its arrays, and a temporary tensor is gone before the step; give it a name first");
    static_assert(!stay || count_fits || !detail::has_data<Job>,
                  "Batch: expects the job's data inputs, or its data and its label inputs, in order");
    using Found = decltype(detail::judge_batch<Job, Rows, stay && count_fits, std::remove_cvref_t<X>...>());
    static_assert(detail::arrays_keep<detail::ArrayRule::is_stored, Found>,
                  "Batch: expects tensors or views; evaluate an expression into a tensor first");
    static_assert(detail::arrays_keep<detail::ArrayRule::has_shape, Found>,
                  "Batch: an array's shape differs from that of the job's input in its place");
    static_assert(detail::arrays_keep<detail::ArrayRule::is_contiguous, Found>,
                  "Batch: the elements of a view do not lie one after another; evaluate the view into a tensor first");
    if constexpr (Found::broken == detail::ArrayRule::kept) {
      bind<0>(arrays...);
    }
  }

  [[nodiscard]] const AnyBatch<Job>& any() const { return any_; }

private:
  template <int Index>
  void bind() {
    any_.rows = Rows;
  }
  template <int Index, class X, class... Rest>
  void bind(const X& array, const Rest&... rest) {
    any_.inputs[Index] = {array.data(), dtype_v<std::remove_cv_t<typename X::element>>};
    bind<Index + 1>(rest...);
  }

  AnyBatch<Job> any_{};
};

} // namespace cleave
