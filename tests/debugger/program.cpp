// SPDX-License-Identifier: Apache-2.0
// Values for the debugger to show; it stops in stop_here. check.py says what it must show.
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

namespace {

struct Scale {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool is_parameter) {
    return is_parameter ? cleave::GradientRequest::write : cleave::GradientRequest::none;
  }
  static constexpr void trace(cleave::Builder& b) {
    using Batch = cleave::Shape<N<4>, C<3>>;
    const auto x =
        cleave::Symbol<float, Batch>(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", Batch::dims, cleave::DType::f32));
    b.output(cleave::sum<N, C>(x * 2.F).id);
  }
};

volatile int stopped = 0;

void stop_here() { stopped = 1; }

} // namespace

int main() {
  const cleave::Tensor<float, cleave::Shape<N<2>, C<3>>> tensor = {0, 1, 2, 3.5F, -4, 1e-9F};
  const cleave::Tensor<double, cleave::Shape<>> scalar = {0.25};
  const cleave::Tensor<std::uint8_t, cleave::Shape<N<cleave::dynamic>, C<2>>> grows = {1, 2, 3, 255};
  cleave::Tensor<std::int64_t, cleave::Shape<N<300>>> large;
  large(299) = 7;
  cleave::Tensor<int, cleave::Shape<C<2>>> gone = {1, 2};
  const cleave::Tensor<int, cleave::Shape<C<2>>> taken = static_cast<cleave::Tensor<int, cleave::Shape<C<2>>>&&>(gone);
  const auto view = tensor.view();
  const auto column = cleave::slice<C, 1, 2>(tensor);
  const cleave::Shape<N<cleave::batch>, C<10>> shape;
  const cleave::Dims dims = decltype(tensor)::shape::dims;
  const auto graph = cleave::traced<Scale>;
  const cleave::GraphView all = graph.view();
  const cleave::Node node = graph.nodes[2];
  stop_here();
  return view.data() == nullptr || column.data() == nullptr || dims.rank == 0 || all.size == 0 || node.op == nullptr ||
         &shape == nullptr || taken.data() == nullptr || scalar.data() == nullptr || grows.data() == nullptr;
}
