// SPDX-License-Identifier: Apache-2.0
#include <cleave/data/array_iter.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>

namespace cleave::detail {
namespace iterators {

inline extent choose_batch_size(extent wanted, const extent* sizes, int count) {
  if (wanted == 0) {
    return sizes[0];
  }
  if (std::find(sizes, sizes + count, wanted) == sizes + count) {
    std::string compiled;
    for (int i = 0; i < count; ++i) {
      compiled += i == 0 ? "" : ", ";
      compiled += std::to_string(sizes[i]);
    }
    fail(
        "ArrayIter: expected a batch size that the job is compiled for (%s), but %td came; add it to the job's Batches",
        compiled.c_str(), wanted);
  }
  return wanted;
}

inline bool is_absent(const Column& column) { return column.data == nullptr; }

inline void check_column(const IterInput& input, const Column& column, extent rows) {
  if (!input.rows_lead) {
    fail("ArrayIter: the input '%s' has no leading batch axis; only inputs whose first axis is N can be iterated; "
         "name N first in the job, or make batches by hand",
         input.name);
  }
  if (is_absent(column)) {
    if (!input.is_label) {
      fail("ArrayIter: expected a column for the data input '%s', but none came; give one column an input, data first",
           input.name);
    }
    return;
  }
  if (column.row_size != input.row_size) {
    fail("ArrayIter: expected rows of %td elements for the input '%s', but its column has rows of %td; check the row "
         "size given to column",
         input.row_size, input.name, column.row_size);
  }
  if (column.rows != rows) {
    fail("ArrayIter: expected columns of equal length, but '%s' has %td rows where the first has %td; cut the longer "
         "ones",
         input.name, column.rows, rows);
  }
}

} // namespace iterators

CLEAVE_INLINE ArrayIterCore::ArrayIterCore(const IterInput* inputs, const Column* columns, int count,
                                           const extent* sizes, int size_count, const ArrayIterOptions& options)
    : columns_(columns, columns + count),
      rows_(count > 0 ? columns[0].rows : 0),
      batch_size_(iterators::choose_batch_size(options.batch_size, sizes, size_count)),
      seed_(options.seed) {
  for (int i = 0; i < count; ++i) {
    iterators::check_column(inputs[i], columns[i], rows_);
  }
  if (rows_ < 1) {
    fail("ArrayIter: expected at least one row, but the columns have %td; check what was read", rows_);
  }
  const bool pads = options.last_batch == LastBatch::pad;
  batches_ = (rows_ + (pads ? batch_size_ - 1 : 0)) / batch_size_;
  if (batches_ == 0) {
    fail("ArrayIter: expected at least one batch of %td rows, but there are %td rows and the incomplete batch is "
         "discarded; pad it, or choose a smaller batch",
         batch_size_, rows_);
  }
  ids_.resize(static_cast<std::size_t>(batch_size_));
  copies_.resize(columns_.size());
  if (options.shuffle || batches_ * batch_size_ > rows_) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!iterators::is_absent(columns_[i])) {
        copies_[i].resize(static_cast<std::size_t>(batch_size_ * columns_[i].row_size * size_of(columns_[i].dtype)));
      }
    }
  }
  if (options.shuffle) {
    order_.resize(static_cast<std::size_t>(rows_));
    order_rows();
  }
}

/// Fisher and Yates' shuffle of the rows in their first order, so that an epoch's order depends on its number only.
CLEAVE_INLINE void ArrayIterCore::order_rows() {
  std::iota(order_.begin(), order_.end(), extent{0});
  const std::uint64_t stream = random_stream(RandomUse::shuffle, epoch_);
  for (extent i = rows_ - 1; i > 0; --i) {
    const extent other = uniform_below(i + 1, seed_, stream, static_cast<std::uint64_t>(i));
    std::swap(order_[static_cast<std::size_t>(i)], order_[static_cast<std::size_t>(other)]);
  }
}

CLEAVE_INLINE void ArrayIterCore::reset() {
  ++epoch_;
  at_ = 0;
  live_ = false;
  if (!order_.empty()) {
    order_rows();
  }
}

CLEAVE_INLINE void ArrayIterCore::gather(std::size_t column) {
  const auto* const from = static_cast<const std::byte*>(columns_[column].data);
  std::byte* to = copies_[column].data();
  const extent bytes = columns_[column].row_size * size_of(columns_[column].dtype);
  for (const extent id : ids_) {
    std::memcpy(to, from + id * bytes, static_cast<std::size_t>(bytes));
    to += bytes;
  }
}

CLEAVE_INLINE bool ArrayIterCore::next(BatchInput* inputs, extent& rows, extent& pad) {
  live_ = at_ < batches_;
  if (!live_) {
    return false;
  }
  const extent first = at_++ * batch_size_;
  for (extent i = 0; i < batch_size_; ++i) {
    const extent position = (first + i) % rows_; // beyond the end: from the start again
    ids_[static_cast<std::size_t>(i)] = order_.empty() ? position : order_[static_cast<std::size_t>(position)];
  }
  const bool lies_together = order_.empty() && first + batch_size_ <= rows_;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    inputs[i] = {nullptr, column.dtype};
    if (iterators::is_absent(column)) {
      continue;
    }
    if (lies_together) {
      inputs[i].data = static_cast<const std::byte*>(column.data) + first * column.row_size * size_of(column.dtype);
    } else {
      gather(i);
      inputs[i].data = copies_[i].data();
    }
  }
  rows = batch_size_;
  pad = std::max(extent{0}, first + batch_size_ - rows_);
  return true;
}

} // namespace cleave::detail
