// SPDX-License-Identifier: Apache-2.0
// All recorded cases run in tests/oracle; these are one of each code, and what must be refused.
#include <cleave/shape/mxnet_reshape.hpp>

namespace {

using cleave::extent;

template <int Rank, int Codes>
constexpr auto reshaped(const extent (&shape)[Rank], const extent (&codes)[Codes], bool reverse = false) {
  return cleave::mxnet_reshape(shape, Rank, codes, Codes, reverse);
}
template <int Rank>
constexpr bool is(const cleave::CodedShape& made, const extent (&expected)[Rank]) {
  bool same = made.is_valid && made.rank == Rank;
  for (int i = 0; same && i < Rank; ++i) {
    same = made.extents[i] == expected[i];
  }
  return same;
}

static_assert(is(reshaped({2, 3, 5, 5}, {0, -1}), {2, 75}));
static_assert(is(reshaped({2, 3, 5, 6}, {6, 1, -2}), {6, 1, 5, 6}));
static_assert(is(reshaped({2, 3, 5, 6}, {-3, -3}), {6, 30}));
static_assert(is(reshaped({64, 1, 2, 3}, {-4, 16, -1, -2}), {16, 4, 1, 2, 3}));
static_assert(is(reshaped({2, 3, 5, 5}, {0, -1}, true), {5, 30}));
static_assert(is(reshaped({64}, {16, 4, -4}, true), {16, 4}));
static_assert(!reshaped({2, 3}, {4, -1}).is_valid);            // 6 is no multiple of 4
static_assert(!reshaped({2, 3}, {-1, -1}).is_valid);           // one may be left over
static_assert(!reshaped({2, 3}, {7}).is_valid);                // another number of elements
static_assert(!reshaped({2, 3}, {0, 0, 0}).is_valid);          // nothing left to take
static_assert(!reshaped({2, 3}, {2, -3}).is_valid);            // two extents are joined, there is one
static_assert(!reshaped({6}, {-4, 4, -1}).is_valid);           // 6 is no multiple of 4
static_assert(!reshaped({6}, {-4, 2}).is_valid);               // -4 takes two extents
static_assert(!reshaped({6}, {-5}).is_valid);                  // no such code
static_assert(!reshaped({2}, {1, 1, 1, 1, 1, 1, 2}).is_valid); // more axes than a shape has

} // namespace
