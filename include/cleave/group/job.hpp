// SPDX-License-Identifier: Apache-2.0
// The words a job is written with. A job is one type that says everything a group must know:
//   using model = ...;  using devices = Devices<...>;  using batches = Batches<64, 1000>;
//   using data = Inputs<Input<"data", float, N<batch>, C<784>>>;   using labels = Inputs<...>;
//   using optimizer = Sgd;  using requests = Requests<...>;  static constexpr auto workload = cleave::workload(2., 1.);
//   static constexpr int threads = 4;   // of each device, 1 by default; bits do not depend on it
//   static constexpr auto subnormals = Subnormals::kept;   // devices compute with them; by default they count as zero
// The last five, and labels, may be left out.
#pragma once

#include <cleave/device/device_list.hpp>
#include <cleave/device/pool.hpp>
#include <cleave/group/slices.hpp>
#include <cleave/model/trace.hpp>
#include <cleave/passes/differentiate.hpp>

namespace cleave {

/// One input: its name, element type (float or double) and axes; `N<batch>` stands for the batch size.
template <FixedString Name, class T, class... Axes>
struct Input {
  static constexpr const char* name = detail::stored<Name>;
  using element = T;
  using shape = Shape<Axes...>;
  template <extent Count>
  using shape_of = with_batch_t<shape, Count>;
};

/// Inputs in order.
template <class... Entry>
struct Inputs {
  static constexpr int count = sizeof...(Entry);
  template <int Index>
  using at = typename detail::pick<Index, Entry...>::type;
};

/// The batch sizes a job is compiled for; the first is the default.
template <extent... Size>
struct Batches {
  static constexpr int count = sizeof...(Size);
  /// (Without any, which groups refuse, there is an element that nobody asks for.)
  static constexpr extent sizes[sizeof...(Size) > 0 ? sizeof...(Size) : 1] = {Size...};
};

/// No gradient for this parameter: no memory, no work, and updates leave it alone.
template <FixedString Name>
struct Freeze {
  static constexpr const char* name = detail::stored<Name>;
  static constexpr GradientRequest request = GradientRequest::none;
  static constexpr bool for_parameter = true;
};
/// The gradient of this data input is wanted.
template <FixedString Name>
struct InputGradient {
  static constexpr const char* name = detail::stored<Name>;
  static constexpr GradientRequest request = GradientRequest::write;
  static constexpr bool for_parameter = false;
};
/// This parameter's gradient adds up over backward passes until it is cleared.
template <FixedString Name>
struct Accumulate {
  static constexpr const char* name = detail::stored<Name>;
  static constexpr GradientRequest request = GradientRequest::add;
  static constexpr bool for_parameter = true;
};

/// Gradient requests that differ from the default (write for every parameter, none for inputs).
template <class... R>
struct Requests {
  static constexpr int count = sizeof...(R);
  static constexpr GradientRequest find(const char* name, bool is_parameter) {
    GradientRequest found = is_parameter ? GradientRequest::write : GradientRequest::none;
    for (int i = 0; i < count; ++i) {
      if (for_parameter[i] == is_parameter && detail::same_text(names[i], name)) {
        found = wanted[i];
      }
    }
    return found;
  }
  static constexpr bool accumulates = ((R::request == GradientRequest::add) || ...);
  static constexpr const char* names[sizeof...(R) + 1] = {R::name..., ""};
  static constexpr bool for_parameter[sizeof...(R) + 1] = {R::for_parameter..., false};
  static constexpr GradientRequest wanted[sizeof...(R) + 1] = {R::request..., GradientRequest::none};
};

/// Whether a pass trains (labels, gradients) or only evaluates.
enum class Mode : unsigned char { train, evaluate };
inline constexpr Mode train = Mode::train;
inline constexpr Mode evaluate = Mode::evaluate;

namespace detail {

template <class Job>
struct job_labels {
  using type = Inputs<>;
};
template <class Job>
  requires requires { typename Job::labels; }
struct job_labels<Job> {
  using type = typename Job::labels;
};
template <class Job>
using labels_of = typename job_labels<Job>::type;

template <class Job>
concept has_data = requires { typename Job::data; };
template <class Job>
struct job_data {
  using type = Inputs<>;
};
template <has_data Job>
struct job_data<Job> {
  using type = typename Job::data;
};
template <class Job>
using data_of = typename job_data<Job>::type;

template <class Job>
struct job_requests {
  using type = Requests<>;
};
template <class Job>
  requires requires { typename Job::requests; }
struct job_requests<Job> {
  using type = typename Job::requests;
};
template <class Job>
using requests_of = typename job_requests<Job>::type;

/// Data inputs, then labels.
template <class Data, class Labels>
struct join_inputs;
template <class... D, class... L>
struct join_inputs<Inputs<D...>, Inputs<L...>> {
  using type = Inputs<D..., L...>;
};
template <class Job>
using inputs_of = typename join_inputs<data_of<Job>, labels_of<Job>>::type;

} // namespace detail
} // namespace cleave
