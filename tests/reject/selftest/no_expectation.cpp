// SPDX-License-Identifier: Apache-2.0
int main() {
#ifdef CLEAVE_REJECT
  static_assert(sizeof(int) == 0, "too small"); // wrong
#endif
}
