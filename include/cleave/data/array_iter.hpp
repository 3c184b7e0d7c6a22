// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/group/batch.hpp>
#include <cleave/tensor/random.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace cleave {

/// An array with its rows on the leading axis, row-major, borrowed: it must outlive the iterators over it.
struct Column {
  const void* data = nullptr; ///< null: absent (labels only)
  DType dtype = DType::f32;
  extent rows = 0;
  extent row_size = 0; ///< elements in a row
};

/// The column of `rows` rows that a vector holds. Errors: a length that is no multiple of `rows`.
template <class T>
[[nodiscard]] Column column(const std::vector<T>& values, extent rows) {
  const auto size = static_cast<extent>(values.size());
  if (rows < 1 || size == 0 || size % rows != 0) {
    detail::fail("column: expected a multiple of the number of rows, but %td elements came for %td rows; check the "
                 "number of rows",
                 size, rows);
  }
  return {values.data(), dtype_v<T>, rows, size / rows};
}
template <class T>
Column column(const std::vector<T>&& values, extent rows) = delete; // it would dangle

/// What becomes of the rows that do not fill the last batch.
enum class LastBatch : unsigned char {
  pad,     ///< filled up from the start of the epoch, again and again if need be; the batch's `pad` counts the filler
  discard, ///< left out
};

struct ArrayIterOptions {
  extent batch_size = 0; ///< one of the job's batch sizes; 0: its first
  LastBatch last_batch = LastBatch::pad;
  bool shuffle = false;   ///< a new order of the rows every epoch, the same for data and labels
  std::uint64_t seed = 0; ///< the order is a function of the seed and the number of resets
};

namespace detail {

/// What the iterator checks a column against.
struct IterInput {
  const char* name = "";
  bool is_label = false;
  bool rows_lead = false; ///< whether N is the first axis
  extent row_size = 0;
};

template <class Input>
constexpr IterInput iter_input(bool is_label) {
  constexpr Dims dims = Input::shape::dims;
  return {Input::name, is_label, dims.index_of(batch_axis) == 0, dims.without(batch_axis).size()};
}

/// The part of the iterator that needs no types. Compiled in cleave::kernels.
class ArrayIterCore {
public:
  ArrayIterCore(const IterInput* inputs, const Column* columns, int count, const extent* sizes, int size_count,
                const ArrayIterOptions& options);
  void reset();
  bool next(BatchInput* inputs, extent& rows, extent& pad);

  [[nodiscard]] extent batch_size() const { return batch_size_; }
  [[nodiscard]] extent rows() const { return rows_; }
  [[nodiscard]] extent batches() const { return batches_; }
  [[nodiscard]] std::span<const extent> row_ids() const { return {ids_.data(), live_ ? ids_.size() : 0}; }

private:
  void order_rows();
  void gather(std::size_t column);

  std::vector<Column> columns_;
  std::vector<std::vector<std::byte>> copies_; // a batch of each column, where rows must be brought together
  std::vector<extent> order_;                  // empty unless shuffled
  std::vector<extent> ids_;
  extent rows_ = 0;
  extent batch_size_ = 0;
  extent batches_ = 0;
  extent at_ = 0; // the next batch
  std::uint64_t epoch_ = 0;
  std::uint64_t seed_ = 0;
  bool live_ = false; // whether there is a current batch
};

} // namespace detail

/// Yields mini-batches of arrays in memory, one column for each of the job's inputs (data, then labels, which may be
/// left out): `ArrayIter<Job> batches({column(images, 60000), column(labels, 60000)}, {.batch_size = 100, .shuffle =
/// true});` A column's rows have as many elements as the input has without its batch axis; element types may differ
/// from it.
///
/// Whole batches that lie together are not copied. Nothing is allocated after construction.
template <class Job>
class ArrayIter {
public:
  static constexpr int count = AnyBatch<Job>::count;

  /// Errors: a batch size that the job is not compiled for, columns that differ in rows or do not fit their inputs,
  /// inputs whose batch axis is not the first one, no whole batch to yield.
  explicit ArrayIter(const Column (&columns)[static_cast<std::size_t>(count)], const ArrayIterOptions& options = {})
      : core_(inputs.of, columns, count, Job::batches::sizes, Job::batches::count, options) {}

  /// Starts the next epoch; with `shuffle`, in a new order.
  void reset() { core_.reset(); }

  /// Makes `into` the next batch; false at the end of the epoch. It is valid until the next call of next or
  /// reset.
  bool next(AnyBatch<Job>& into) { return core_.next(into.inputs, into.rows, into.pad); }

  [[nodiscard]] extent batch_size() const { return core_.batch_size(); }
  [[nodiscard]] extent rows() const { return core_.rows(); }
  [[nodiscard]] extent batches_per_epoch() const { return core_.batches(); }
  /// Which row of the columns each row of the current batch is, filler included; empty where there is no batch.
  [[nodiscard]] std::span<const extent> row_ids() const { return core_.row_ids(); }

private:
  struct Table {
    detail::IterInput of[static_cast<std::size_t>(count)]{};
  };
  template <class... D, class... L>
  static constexpr Table list_inputs(Inputs<D...>* /*data*/, Inputs<L...>* /*labels*/) {
    return {{detail::iter_input<D>(false)..., detail::iter_input<L>(true)...}};
  }
  static constexpr Table inputs =
      list_inputs(static_cast<typename Job::data*>(nullptr), static_cast<detail::labels_of<Job>*>(nullptr));

  detail::ArrayIterCore core_;
};

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(data, array_iter)
#endif
