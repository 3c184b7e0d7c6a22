// SPDX-License-Identifier: Apache-2.0
// expect: never right
int main() {
  static_assert(sizeof(int) == 0, "never right"); // wrong
}
