// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/error.hpp>
#include <cleave/base/math.hpp>
#include <cleave/group/batch.hpp>

namespace cleave {
namespace detail {

/// Label `row` as a class number; -1 where it is none of `classes`.
inline extent read_label(const BatchInput& labels, extent row, extent classes) {
  double label = -1;
  switch (labels.dtype) {
  case DType::f32:
    label = static_cast<double>(static_cast<const float*>(labels.data)[row]);
    break;
  case DType::f64:
    label = static_cast<const double*>(labels.data)[row];
    break;
  case DType::i32:
    label = static_cast<const std::int32_t*>(labels.data)[row];
    break;
  case DType::i64:
    label = static_cast<double>(static_cast<const std::int64_t*>(labels.data)[row]);
    break;
  case DType::u8:
    label = static_cast<const std::uint8_t*>(labels.data)[row];
    break;
  }
  if (label >= 0 && label < static_cast<double>(classes)) { // false for NaN
    const auto whole = static_cast<extent>(label);
    return static_cast<double>(whole) == label ? whole : -1;
  }
  return -1;
}

/// The first of the largest elements.
inline extent argmax(const float* values, extent count) {
  extent best = 0;
  for (extent i = 1; i < count; ++i) {
    best = values[i] > values[best] ? i : best;
  }
  return best;
}

} // namespace detail

/// Accuracy and cross-entropy of class probabilities, running over batches; rows that are filler are left out.
class ClassificationMetric {
public:
  /// Adds `rows - pad` rows: `probabilities` is row-major, rows x classes; `labels` are whole numbers in [0, classes).
  /// Errors, leaving the metric as it was: absent labels, a label outside the classes, more filler than rows.
  void add(const float* probabilities, extent classes, const BatchInput& labels, extent rows, extent pad = 0) {
    const bool pad_fits = pad >= 0 && pad <= rows;
    if (!pad_fits || classes < 1) {
      detail::fail(
          "ClassificationMetric: expected at least one class and 0 to %td rows of filler, but %td classes and %td "
          "rows of filler came; give what the iterator said",
          rows, classes, pad);
    }
    if (labels.data == nullptr) {
      detail::fail(
          "ClassificationMetric: expected labels, but the batch has none; give the iterator a column of labels");
    }
    extent correct = 0;
    double loss = 0;
    for (extent row = 0; row < rows - pad; ++row) {
      const float* const p = probabilities + row * classes;
      const extent label = detail::read_label(labels, row, classes);
      if (label < 0) {
        detail::fail(
            "ClassificationMetric: expected labels to be whole numbers from 0 to %td, but row %td has another; "
            "check the labels against the model's classes",
            classes - 1, row);
      }
      correct += detail::argmax(p, classes) == label ? 1 : 0;
      loss -= math::log(static_cast<double>(p[label]) + 1e-12); // finite where the model is sure and wrong
    }
    correct_ += correct;
    loss_ += loss;
    count_ += rows - pad;
  }
  /// The same for a tensor or view of Shape<N<rows>, C<classes>>.
  template <class Probabilities>
    requires requires { typename Probabilities::shape; }
  void add(const Probabilities& probabilities, const BatchInput& labels, extent pad = 0) {
    using S = typename Probabilities::shape;
    static_assert(S::rank == 2 && S::dims.index_of(batch_axis) == 0,
                  "ClassificationMetric: expects probabilities of two axes, the batch axis N first");
    add(probabilities.data(), S::dims.extents[1], labels, S::dims.extents[0], pad);
  }

  void reset() { *this = ClassificationMetric{}; }

  [[nodiscard]] extent count() const { return count_; }
  /// Share of rows whose largest probability is the label's (of equal ones the first counts); NaN without rows.
  [[nodiscard]] double accuracy() const { return mean(static_cast<double>(correct_)); }
  /// Mean of -ln(p[label] + 1e-12); NaN without rows.
  [[nodiscard]] double cross_entropy() const { return mean(loss_); }

private:
  [[nodiscard]] double mean(double sum) const {
    return count_ == 0 ? static_cast<double>(__builtin_nanf("")) : sum / static_cast<double>(count_);
  }

  extent count_ = 0;
  extent correct_ = 0;
  double loss_ = 0;
};

} // namespace cleave
