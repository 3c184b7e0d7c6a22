// SPDX-License-Identifier: Apache-2.0
// expect: relu: the axis C
int main() {
#ifdef CLEAVE_REJECT
  static_assert(sizeof(int) == 0, "something else"); // wrong
#endif
}
