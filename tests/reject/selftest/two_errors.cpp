// SPDX-License-Identifier: Apache-2.0
// expect: first
int main() {
#ifdef CLEAVE_REJECT
  static_assert(sizeof(int) == 0, "first"); // wrong
  static_assert(sizeof(int) == 0, "second");
#endif
}
