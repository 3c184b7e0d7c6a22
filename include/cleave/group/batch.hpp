// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/error.hpp>
#include <cleave/group/job.hpp>

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

  BatchInput inputs[count > 0 ? count : 1]{};
  extent rows = 0; ///< must be one of the job's batch sizes
  extent pad = 0;  ///< of these, how many at the end are filler
};

namespace detail {

template <class X, class Wanted>
concept has_shape = std::is_same_v<typename X::shape, Wanted>;

/// A view may be a temporary, what owns its elements may not.
template <class X>
concept outlives_the_call = std::is_lvalue_reference_v<X> || std::is_trivially_copyable_v<std::remove_reference_t<X>>;

} // namespace detail

/// A mini-batch of a size the compiler knows: `Batch<Job, 64> b(data, labels)`. Takes tensors or views whose shapes are
/// the inputs'; element types may differ. Borrows them. Labels may be left out for evaluation.
template <class Job, extent Rows>
class Batch {
  using All = detail::inputs_of<Job>;

public:
  static constexpr extent rows = Rows;

  template <class... X>
    requires(!(std::is_same_v<std::remove_cvref_t<X>, Batch> || ...))
  explicit Batch(X&&... arrays) { // NOLINT(cppcoreguidelines-missing-std-forward): only looked at
    static_assert((detail::outlives_the_call<X> && ...),
                  "Batch: borrows its arrays, and a temporary tensor is gone before the step; give it a name first");
    static_assert(sizeof...(X) == Job::data::count || sizeof...(X) == All::count,
                  "Batch: expects the job's data inputs, or its data and its label inputs, in order");
    if constexpr (sizeof...(X) == Job::data::count || sizeof...(X) == All::count) {
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
    using Wanted = typename All::template at<Index>;
    static_assert(detail::has_shape<X, typename Wanted::template shape_of<Rows>>,
                  "Batch: an array's shape differs from that of the job's input in its place");
    any_.inputs[Index] = {array.data(), dtype_v<std::remove_cv_t<typename X::element>>};
    bind<Index + 1>(rest...);
  }

  AnyBatch<Job> any_{};
};

} // namespace cleave
