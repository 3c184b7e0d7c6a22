// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/text.hpp>
#include <cleave/graph/print.hpp>
#include <cleave/group/data_parallel_group.hpp>

namespace cleave {

/// What one device's training (or, without labels, evaluation) step costs: constants.
struct DeviceCost {
  extent rows = 0;
  int kernels = 0;
  extent parameter_bytes = 0;
  extent gradient_bytes = 0;
  extent input_bytes = 0;
  extent activation_bytes = 0; ///< the arena
  extent activation_bound = 0; ///< the most that is alive at one kernel: no plan needs less
  double flops = 0;
  double bytes = 0; ///< read and written by kernels
};

namespace detail {

template <class Program, extent Rows>
constexpr DeviceCost device_cost() {
  const auto& plan = memory<Program, Rows>;
  const PlanCost cost_of_plan = cost<Program, Rows>;
  DeviceCost device;
  device.rows = Rows;
  device.kernels = cost_of_plan.kernels;
  device.parameter_bytes = plan.arena_bytes[static_cast<int>(ArenaId::parameters)];
  device.gradient_bytes = plan.arena_bytes[static_cast<int>(ArenaId::gradients)];
  device.input_bytes = plan.arena_bytes[static_cast<int>(ArenaId::inputs)];
  device.activation_bytes = plan.arena_bytes[static_cast<int>(ArenaId::activations)];
  device.activation_bound = plan.activation_bound;
  device.flops = cost_of_plan.flops;
  device.bytes = cost_of_plan.bytes_read + cost_of_plan.bytes_written;
  return device;
}

template <class Job, int Device>
constexpr DeviceCost job_cost() {
  return device_cost<JobProgram<Job, main_mode<Job>>, slices_of<Job, 0>.rows(Device)>();
}

constexpr void print_kib(TextWriter& out, extent bytes) {
  out.fixed(static_cast<double>(bytes) / 1024, 1);
  out << " KiB";
}

constexpr void print_device(TextWriter& out, int device, const DeviceCost& cost_of_device) {
  out << "device " << device << ": " << cost_of_device.rows << " rows, " << cost_of_device.kernels << " kernels, ";
  out.fixed(cost_of_device.flops * 1e-6, 2) << " MFLOP, ";
  out.fixed(cost_of_device.bytes * 1e-6, 2) << " MB moved; parameters ";
  print_kib(out, cost_of_device.parameter_bytes);
  out << ", gradients ";
  print_kib(out, cost_of_device.gradient_bytes);
  out << ", inputs ";
  print_kib(out, cost_of_device.input_bytes);
  out << ", activations ";
  print_kib(out, cost_of_device.activation_bytes);
  out << " (peak over liveness bound ";
  out.fixed(cost_of_device.activation_bound == 0 ? 1.
                                                 : static_cast<double>(cost_of_device.activation_bytes) /
                                                       static_cast<double>(cost_of_device.activation_bound),
            2);
  out << ")\n";
}

template <class Job, int... Device>
constexpr TextWriter print_plan(std::integer_sequence<int, Device...> /*devices*/) {
  using Program = JobProgram<Job, main_mode<Job>>;
  TextWriter out;
  out << "plan of a " << (main_mode<Job> == Mode::train ? "training" : "evaluation") << " step: batch "
      << Job::batches::sizes[0] << " on " << Job::devices::count
      << (Job::devices::count == 1 ? " device, " : " devices, ") << graph<Program>.size() << " nodes, "
      << ParametersOf<Job>::count << " parameters\n";
  (print_device(out, Device, job_cost<Job, Device>()), ...);
  return out;
}

template <class Job>
constexpr TextWriter print_plan() {
  return print_plan<Job>(std::make_integer_sequence<int, Job::devices::count>{});
}

template <class Job>
constexpr auto freeze_plan() {
  return print_plan<Job>().template freeze<print_plan<Job>().size()>();
}
template <class Job>
inline constexpr auto plan_text = freeze_plan<Job>();

} // namespace detail

/// The cost of one device of a job, to assert on: `static_assert(device_cost<Job, 0>.activation_bytes <= 24 * 1024)`.
template <class Job, int Device>
inline constexpr DeviceCost device_cost = detail::job_cost<Job, Device>();

namespace detail {

/// A table with one row a kernel and the sums below.
template <int Kernels>
constexpr TextWriter print_costs(const CostTable<Kernels>& table, double ridge) {
  int name = 34;
  for (const KernelCost& kernel : table.kernels) {
    const auto length = static_cast<int>(text_length(kernel.name));
    name = length > name ? length : name;
  }
  const int columns[] = {name + 2, name + 14, name + 26, name + 38, name + 47};
  TextWriter out;
  out << "kernel";
  out.pad_to(columns[0]) << "kFLOP";
  out.pad_to(columns[1]) << "KiB read";
  out.pad_to(columns[2]) << "written";
  out.pad_to(columns[3]) << "FLOP/B";
  out.pad_to(columns[4]) << "bound by\n";
  KernelCost sum;
  for (const KernelCost& kernel : table.kernels) {
    sum.flops += kernel.flops;
    sum.bytes_read += kernel.bytes_read;
    sum.bytes_written += kernel.bytes_written;
  }
  for (int i = 0; i <= Kernels; ++i) {
    const KernelCost& kernel = i < Kernels ? table.kernels[i] : sum;
    out << (i < Kernels ? kernel.name : "all") << ' ';
    out.pad_to(columns[0]).fixed(kernel.flops * 1e-3, 2);
    out.pad_to(columns[1]).fixed(kernel.bytes_read / 1024, 1);
    out.pad_to(columns[2]).fixed(kernel.bytes_written / 1024, 1);
    out.pad_to(columns[3]).fixed(kernel.intensity(), 2);
    out.pad_to(columns[4]) << name_of(kernel.bound_by(ridge)) << '\n';
  }
  return out;
}

template <class Job, int Device, int Ridge>
struct CostText {
  static constexpr TextWriter print() {
    return print_costs(cost_table<JobProgram<Job, main_mode<Job>>, slices_of<Job, 0>.rows(Device)>, Ridge);
  }
};

} // namespace detail

/// What each kernel of a device costs, as text, a constant: FLOPs, bytes, FLOPs a byte, and whether memory or
/// arithmetic limits it on a machine whose ridge point is `Ridge` FLOPs a byte (peak FLOP/s over memory bandwidth).
template <class Job, int Device = 0, int Ridge = 10>
constexpr const char* kernel_summary() {
  return printed<detail::CostText<Job, Device, Ridge>>.c_str();
}

/// The plan of a job's step as text, a constant: rows, kernels, FLOPs, bytes and memory of every device.
template <class Job>
constexpr const char* summary() {
  return detail::plan_text<Job>.c_str();
}

} // namespace cleave
