// SPDX-License-Identifier: Apache-2.0
#include "oracle/slicing.hpp"

namespace oracle {
namespace {

Numbers borders(const ErasedSlices& slices) {
  Numbers all;
  for (int d = 0; d < slices.devices; ++d) {
    all.push_back(static_cast<double>(slices.begin[d]));
    all.push_back(static_cast<double>(slices.end[d]));
  }
  return all;
}

Array list(const Numbers& numbers) { return {{static_cast<long>(numbers.size())}, numbers}; }

} // namespace

void check_slicing(Case& at, const ErasedCuts& cuts, HalfUp half_up, const Numbers& half_up_borders) {
  const bool refused = at.has("error");
  Numbers recorded;
  for (int d = 0; d < at.size("slices"); ++d) {
    for (const double border : at.array(in("slices", d)).data) {
      recorded.push_back(border);
    }
  }
  at.expect("half_even starves a device", refused, cuts.half_even.starving >= 0);
  if (!refused) {
    at.compare("half_even", list(recorded), list(borders(cuts.half_even)), {});
  }
  switch (half_up) {
  case HalfUp::half_up_as_recorded:
    at.expect("half_up starves a device", refused, cuts.half_up.starving >= 0);
    if (!refused) {
      at.compare("half_up", list(recorded), list(borders(cuts.half_up)), {});
    }
    break;
  case HalfUp::half_up_given:
    at.compare("half_up", list(half_up_borders), list(borders(cuts.half_up)), {});
    break;
  case HalfUp::half_up_starves:
    at.expect("half_up starves a device", true, cuts.half_up.starving >= 0);
    break;
  }
  if (!cuts.legal) { // a job with such shares does not compile
    at.expect("shares that are not positive are an error", true, refused);
    return;
  }
  const ErasedSlices& fair = cuts.largest_remainder;
  cleave::extent previous = 0;
  for (int d = 0; d < fair.devices; ++d) {
    at.compare("largest_remainder begins where the one before ended", static_cast<double>(previous),
               static_cast<double>(fair.begin[d]), {});
    previous = fair.end[d];
  }
  at.compare("largest_remainder covers the batch", static_cast<double>(cuts.batch), static_cast<double>(previous), {});
  at.expect("largest_remainder starves a device", cuts.batch < fair.devices, fair.starving >= 0);
}

} // namespace oracle
