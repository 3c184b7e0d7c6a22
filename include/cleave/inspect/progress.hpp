// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

#include <cstdio>
#include <string>

namespace cleave {

/// Shows how training goes. On a terminal: one live line, drawn at most ten times a second; elsewhere: one plain line
/// at the end of each epoch. Lines are written whole, and the live one is ended even when an exception passes.
///
///   Progress progress({.epochs = 5, .batches = 600, .batch_size = 100});
///   for each epoch { progress.start_epoch(); for each batch { ...; progress.update(loss, accuracy); }
///                    progress.end_epoch(); }
class Progress {
public:
  enum class Live : unsigned char { automatic, always, never };
  struct Options {
    int epochs = 1;
    extent batches = 1;    ///< in an epoch
    extent batch_size = 1; ///< rows
    std::FILE* out = stdout;
    Live live = Live::automatic; ///< automatic: when `out` is a terminal
    int width = 0;               ///< columns of the live line at most; 0: the terminal's
    double (*clock)() = nullptr; ///< seconds since any fixed moment; null: the system's steady clock
  };

  explicit Progress(const Options& options);
  Progress(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress& operator=(Progress&&) = delete;
  ~Progress();

  void start_epoch();
  /// One more batch is done; the numbers are the epoch's so far.
  void update(double loss, double accuracy);
  void end_epoch();

  /// Seconds spent between start_epoch and end_epoch, all epochs together.
  [[nodiscard]] double seconds() const;

private:
  [[nodiscard]] std::string describe(bool epoch_is_over) const;
  void draw(const std::string& line);
  void end_line();

  Options options_;
  int epoch_ = 0;
  extent batch_ = 0;
  double loss_ = 0;
  double accuracy_ = 0;
  double epoch_start_ = 0;
  double before_ = 0; // seconds of the epochs before this one
  double drawn_at_ = 0;
  bool running_ = false;
  std::size_t drawn_ = 0; // characters on the live line
};

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(inspect, progress)
#endif
