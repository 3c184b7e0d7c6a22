// SPDX-License-Identifier: Apache-2.0
// Tensors by themselves: named axes, lazy expressions, views.
#include <cleave/inspect/format.hpp>
#include <cleave/tensor.hpp>

#include <iostream>

using cleave::axes::C, cleave::axes::N;

int main() {
  const cleave::Tensor<float, cleave::Shape<N<2>, C<3>>> x{1, -2, 3, -4, 5, -6};
  const cleave::Tensor<float, cleave::Shape<C<3>>> bias{0.5F, 0.5F, 0.5F};

  const auto activation = relu(x * 2.F + bias); // nothing is computed yet; bias is repeated along N, by name
  const cleave::Tensor y = activation;          // one pass over memory
  const auto first_row = slice<N, 0, 1>(y);     // a view

  std::cout << "y =\n" << y << "\nits first row =\n" << first_row << '\n';
  std::cout << "joined along N =\n" << concat<N>(y, first_row) << '\n';
}
