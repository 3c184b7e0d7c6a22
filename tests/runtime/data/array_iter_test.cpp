// SPDX-License-Identifier: Apache-2.0
#include <cleave/data/array_iter.hpp>

#include <support/scratch_folder.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

namespace {

using Catch::Contains;
using cleave::ArrayIter;
using cleave::Batches;
using cleave::column;
using cleave::Column;
using cleave::DType;
using cleave::extent;
using cleave::Input;
using cleave::Inputs;
using cleave::LastBatch;
using cleave::axes::C;
using cleave::axes::N;
using cleave::axes::T;
using support::error_of;

struct Pairs { // rows of two and a label; an iterator needs no more of a job
  using batches = Batches<3, 4, 12>;
  using data = Inputs<Input<"data", float, N<cleave::batch>, C<2>>>;
  using labels = Inputs<Input<"softmax_label", float, N<cleave::batch>>>;
};
using Batch = cleave::AnyBatch<Pairs>;

/// `count` rows (10 i, 10 i + 1) with labels i.
struct Rows {
  explicit Rows(extent count)
      : rows(count), data(static_cast<std::size_t>(2 * count)), labels(static_cast<std::size_t>(count)) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      data[2 * i] = static_cast<float>(10 * i);
      data[2 * i + 1] = data[2 * i] + 1;
      labels[i] = static_cast<std::uint8_t>(i);
    }
  }
  [[nodiscard]] ArrayIter<Pairs> iterate(const cleave::ArrayIterOptions& options) const {
    return ArrayIter<Pairs>({column(data, rows), column(labels, rows)}, options);
  }

  extent rows;
  std::vector<float> data;
  std::vector<std::uint8_t> labels;
};

std::vector<int> labels_of(const Batch& batch) {
  const auto* const from = static_cast<const std::uint8_t*>(batch.inputs[1].data);
  return {from, from + batch.rows};
}

/// Whether data, labels and row ids of a batch belong together.
bool agrees(const ArrayIter<Pairs>& iterator, const Batch& batch) {
  const auto* const data = static_cast<const float*>(batch.inputs[0].data);
  const std::vector<int> labels = labels_of(batch);
  bool good = iterator.row_ids().size() == labels.size();
  for (std::size_t i = 0; good && i < labels.size(); ++i) {
    good = iterator.row_ids()[i] == labels[i] && data[2 * i] == static_cast<float>(10 * labels[i]) &&
           data[2 * i + 1] == static_cast<float>(10 * labels[i] + 1);
  }
  return good;
}

struct Epoch {
  std::vector<std::vector<int>> labels;
  std::vector<extent> pads;
};

Epoch run_epoch(ArrayIter<Pairs>& iterator) {
  Epoch epoch;
  Batch batch;
  while (iterator.next(batch)) {
    CHECK(agrees(iterator, batch));
    CHECK(batch.rows == iterator.batch_size());
    epoch.labels.push_back(labels_of(batch));
    epoch.pads.push_back(batch.pad);
  }
  CHECK_FALSE(iterator.next(batch)); // it stays at its end
  CHECK(iterator.row_ids().empty());
  CHECK(static_cast<extent>(epoch.labels.size()) == iterator.batches_per_epoch());
  return epoch;
}

using Labels = std::vector<std::vector<int>>;
using Pads = std::vector<extent>;

TEST_CASE("ten rows in threes are padded from the start of the data, every epoch alike", "[data][array_iter]") {
  const Rows rows(10);
  auto iterator = rows.iterate({});
  CHECK(iterator.batch_size() == 3);
  CHECK(iterator.rows() == 10);
  for (int epoch = 0; epoch < 2; ++epoch) {
    const Epoch seen = run_epoch(iterator);
    CHECK(seen.labels == Labels{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {9, 0, 1}});
    CHECK(seen.pads == Pads{0, 0, 0, 2});
    iterator.reset();
  }
}

TEST_CASE("ten rows in threes without the incomplete batch", "[data][array_iter]") {
  const Rows rows(10);
  auto iterator = rows.iterate({.last_batch = LastBatch::discard});
  const Epoch seen = run_epoch(iterator);
  CHECK(seen.labels == Labels{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}});
  CHECK(seen.pads == Pads{0, 0, 0});
}

TEST_CASE("a batch larger than the data is tiled", "[data][array_iter]") {
  const Rows rows(5);
  auto iterator = rows.iterate({.batch_size = 12});
  const Epoch seen = run_epoch(iterator);
  CHECK(seen.labels == Labels{{0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1}});
  CHECK(seen.pads == Pads{7});
}

TEST_CASE("batches that fit have no filler", "[data][array_iter]") {
  const Rows rows(12);
  for (const LastBatch last : {LastBatch::pad, LastBatch::discard}) {
    auto iterator = rows.iterate({.batch_size = 4, .last_batch = last});
    CHECK(run_epoch(iterator).pads == Pads{0, 0, 0});
  }
}

TEST_CASE("whole batches in order are not copied", "[data][array_iter]") {
  const Rows rows(10);
  auto iterator = rows.iterate({});
  Batch batch;
  REQUIRE(iterator.next(batch));
  REQUIRE(iterator.next(batch));
  CHECK(batch.inputs[0].data == rows.data.data() + 6);
  CHECK(batch.inputs[1].data == rows.labels.data() + 3);
  CHECK(batch.inputs[0].dtype == DType::f32);
  CHECK(batch.inputs[1].dtype == DType::u8);
}

TEST_CASE("shuffling permutes data and labels together, anew each epoch", "[data][array_iter]") {
  const Rows rows(12);
  auto iterator = rows.iterate({.shuffle = true, .seed = 5});
  std::vector<Labels> epochs;
  for (int epoch = 0; epoch < 3; ++epoch) {
    epochs.push_back(run_epoch(iterator).labels);
    std::vector<int> all;
    for (const auto& batch : epochs.back()) {
      all.insert(all.end(), batch.begin(), batch.end());
    }
    std::sort(all.begin(), all.end());
    std::vector<int> each(12);
    std::iota(each.begin(), each.end(), 0);
    CHECK(all == each); // every row once
    iterator.reset();
  }
  CHECK(epochs[0] != epochs[1]);
  CHECK(epochs[1] != epochs[2]);

  auto again = rows.iterate({.shuffle = true, .seed = 5});
  CHECK(run_epoch(again).labels == epochs[0]);
  again.reset();
  CHECK(run_epoch(again).labels == epochs[1]);
  auto other = rows.iterate({.shuffle = true, .seed = 6});
  CHECK(run_epoch(other).labels != epochs[0]);
}

TEST_CASE("a shuffled epoch is padded from its own start", "[data][array_iter]") {
  const Rows rows(10);
  auto iterator = rows.iterate({.shuffle = true, .seed = 1});
  const Epoch seen = run_epoch(iterator);
  REQUIRE(seen.labels.size() == 4);
  CHECK(seen.pads == Pads{0, 0, 0, 2});
  CHECK(seen.labels[3][1] == seen.labels[0][0]);
  CHECK(seen.labels[3][2] == seen.labels[0][1]);
}

TEST_CASE("a reset in the middle starts again", "[data][array_iter]") {
  const Rows rows(10);
  auto iterator = rows.iterate({});
  Batch batch;
  REQUIRE(iterator.next(batch));
  iterator.reset();
  CHECK(iterator.row_ids().empty());
  REQUIRE(iterator.next(batch));
  CHECK(labels_of(batch) == std::vector<int>{0, 1, 2});
}

TEST_CASE("labels may be left out, data may not", "[data][array_iter]") {
  const Rows rows(10);
  ArrayIter<Pairs> iterator({column(rows.data, 10)});
  Batch batch;
  int count = 0;
  while (iterator.next(batch)) {
    CHECK(batch.inputs[0].data != nullptr);
    CHECK(batch.inputs[1].data == nullptr);
    ++count;
  }
  CHECK(count == 4);
  CHECK_THAT(error_of([&] { ArrayIter<Pairs>({Column{}, column(rows.labels, 10)}); }),
             Contains("expected a column for the data input 'data'"));
}

TEST_CASE("every element type keeps its bytes when rows are brought together", "[data][array_iter]") {
  const auto check = [](auto zero) {
    using Element = decltype(zero);
    std::vector<Element> data(20);
    std::iota(data.begin(), data.end(), Element{});
    ArrayIter<Pairs> iterator({column(data, 10)}, {.shuffle = true});
    Batch batch;
    REQUIRE(iterator.next(batch));
    CHECK(batch.inputs[0].dtype == cleave::dtype_v<Element>);
    const auto* const got = static_cast<const Element*>(batch.inputs[0].data);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(got[2 * i] == data[static_cast<std::size_t>(2 * iterator.row_ids()[i])]);
      CHECK(got[2 * i + 1] == data[static_cast<std::size_t>(2 * iterator.row_ids()[i] + 1)]);
    }
  };
  check(float{});
  check(double{});
  check(std::int32_t{});
  check(std::int64_t{});
  check(std::uint8_t{});
}

TEST_CASE("a batch size that was not compiled is refused, and the compiled ones are listed", "[data][array_iter]") {
  const Rows rows(10);
  CHECK_THAT(error_of([&] { (void)rows.iterate({.batch_size = 5}); }), Contains("compiled for (3, 4, 12), but 5 came"));
  CHECK_THAT(error_of([&] { (void)rows.iterate({.batch_size = -3}); }), Contains("but -3 came"));
}

TEST_CASE("columns that do not fit the job are refused", "[data][array_iter]") {
  const Rows rows(10);
  CHECK_THAT(error_of([&] { ArrayIter<Pairs>({column(rows.data, 20), column(rows.labels, 10)}); }),
             Contains("expected rows of 2 elements for the input 'data', but its column has rows of 1"));
  CHECK_THAT(error_of([&] { ArrayIter<Pairs>({column(rows.data, 10), Column{rows.labels.data(), DType::u8, 9, 1}}); }),
             Contains("'softmax_label' has 9 rows where the first has 10"));
  CHECK_THAT(error_of([&] { ArrayIter<Pairs>({Column{rows.data.data(), DType::f32, 0, 2}}); }),
             Contains("expected at least one row"));
  CHECK_THAT(error_of([&] { (void)rows.iterate({.batch_size = 12, .last_batch = LastBatch::discard}); }),
             Contains("expected at least one batch of 12 rows, but there are 10 rows"));
  CHECK_THAT(error_of([&] { (void)column(rows.data, 3); }), Contains("20 elements came for 3 rows"));
}

struct TimeMajor {
  using batches = Batches<2>;
  using data = Inputs<Input<"data", float, T<5>, N<cleave::batch>>>;
};
struct Constants {
  using batches = Batches<2>;
  using data = Inputs<Input<"table", float, C<5>>>;
};

TEST_CASE("inputs whose batch axis does not lead are refused", "[data][array_iter]") {
  const std::vector<float> values(20);
  CHECK_THAT(error_of([&] { ArrayIter<TimeMajor>({column(values, 4)}); }),
             Contains("'data' has no leading batch axis"));
  CHECK_THAT(error_of([&] { ArrayIter<Constants>({column(values, 4)}); }),
             Contains("'table' has no leading batch axis"));
}

} // namespace
