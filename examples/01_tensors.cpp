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
  const auto first_row = slice<N, 0, 1>(y);     // a view: no element is copied
  const auto reversed = slice<C, -1, cleave::to_end, -1>(y);

  std::cout << "y =\n" << y << "\nits first row =\n" << first_row << "\nits columns in reverse order =\n" << reversed;
  std::cout << "\ntransposed =\n" << transpose(y) << "\njoined along N =\n" << concat<N>(y, first_row) << '\n';

  cleave::Tensor z = y;
  slice<C, 0, 2>(z).assign(slice<C, 1, 3>(z)); // parts of one tensor may overlap: elements are read before they change
  std::cout << "shifted =\n"
            << to_string(z, {.header = true}) << "\nsame as before: " << (z == y ? "yes" : "no") << '\n';
}
