// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave::detail {

/// A growable array for constant evaluation: what passes build before the result is frozen to its exact size.
/// (`std::vector` would do, but costs every user's unit more than `<string>`.) Never used while a step runs.
template <class T>
class Vector {
public:
  constexpr Vector() = default;
  constexpr explicit Vector(int count, const T& value = T{}) {
    reserve(count);
    for (int i = 0; i < count; ++i) {
      push_back(value);
    }
  }
  constexpr Vector(const Vector& other) {
    reserve(other.size_);
    for (int i = 0; i < other.size_; ++i) {
      push_back(other.data_[i]);
    }
  }
  constexpr Vector(Vector&& other) noexcept : data_(other.data_), size_(other.size_), capacity_(other.capacity_) {
    other.data_ = nullptr;
    other.size_ = other.capacity_ = 0;
  }
  constexpr Vector& operator=(const Vector& other) {
    Vector copy(other);
    swap(copy);
    return *this;
  }
  constexpr Vector& operator=(Vector&& other) noexcept {
    swap(other);
    return *this;
  }
  constexpr ~Vector() { delete[] data_; }

  constexpr void swap(Vector& other) noexcept {
    T* const my_data = data_;
    const int my_size = size_;
    const int my_capacity = capacity_;
    data_ = other.data_;
    size_ = other.size_;
    capacity_ = other.capacity_;
    other.data_ = my_data;
    other.size_ = my_size;
    other.capacity_ = my_capacity;
  }
  constexpr void reserve(int capacity) {
    if (capacity <= capacity_) {
      return;
    }
    T* const grown = new T[static_cast<std::size_t>(capacity)];
    for (int i = 0; i < size_; ++i) {
      grown[i] = data_[i];
    }
    delete[] data_;
    data_ = grown;
    capacity_ = capacity;
  }
  constexpr void push_back(const T& value) {
    if (size_ == capacity_) {
      const T copy = value; // value may live in the block that reserve frees
      reserve(capacity_ == 0 ? 8 : 2 * capacity_);
      data_[size_++] = copy;
      return;
    }
    data_[size_++] = value;
  }
  constexpr void insert(int at, const T& value) {
    push_back(value);
    for (int i = size_ - 1; i > at; --i) {
      data_[i] = data_[i - 1];
    }
    data_[at] = value;
  }
  constexpr void erase(int at) {
    for (int i = at; i + 1 < size_; ++i) {
      data_[i] = data_[i + 1];
    }
    --size_;
  }

  [[nodiscard]] constexpr int size() const { return size_; }
  [[nodiscard]] constexpr const T* data() const { return data_; }
  constexpr T& operator[](int i) { return data_[i]; }
  constexpr const T& operator[](int i) const { return data_[i]; }
  constexpr T* begin() { return data_; }
  constexpr T* end() { return data_ + size_; }
  [[nodiscard]] constexpr const T* begin() const { return data_; }
  [[nodiscard]] constexpr const T* end() const { return data_ + size_; }

private:
  T* data_ = nullptr;
  int size_ = 0;
  int capacity_ = 0;
};

} // namespace cleave::detail
