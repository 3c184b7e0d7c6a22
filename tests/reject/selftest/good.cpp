// SPDX-License-Identifier: Apache-2.0
// expect: add: both sides   need the same extent
// expect-gcc: static assertion failed
// expect-clang: static assertion failed due to requirement
template <int Left, int Right>
inline constexpr bool Same = Left == Right;

int main() {
#ifdef CLEAVE_REJECT
  static_assert(Same<2, 3>, "add: both sides need the same extent"); // wrong
#else
  static_assert(Same<2, 2>, "add: both sides need the same extent");
#endif
}
