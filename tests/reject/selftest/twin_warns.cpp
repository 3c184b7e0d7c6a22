// SPDX-License-Identifier: Apache-2.0
// expect: too small
int main() {
  int unused = 0;
#ifdef CLEAVE_REJECT
  static_assert(sizeof(int) == 0, "too small"); // wrong
#endif
}
