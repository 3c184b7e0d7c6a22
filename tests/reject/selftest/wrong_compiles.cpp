// SPDX-License-Identifier: Apache-2.0
// expect: never said
int main() {
#ifdef CLEAVE_REJECT
  static_assert(sizeof(int) > 0, "never said"); // wrong
#endif
}
