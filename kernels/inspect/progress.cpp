// SPDX-License-Identifier: Apache-2.0
#include <cleave/inspect/progress.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

#include <sys/ioctl.h>
#include <unistd.h>

namespace cleave {
namespace detail::progress {

inline constexpr double redraw_interval = 0.1; // seconds

inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline int terminal_width(std::FILE* out) {
  winsize size{};
  constexpr int usual = 80;
  return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

/// "0:07", "12:34", "1:02:03"
inline std::string clock_text(double seconds) {
  const long all = std::lround(std::min(std::max(seconds, 0.), 3.6e6));
  const long hours = all / 3600;
  const long minutes = all / 60 % 60;
  char text[32];
  if (hours > 0) {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", hours, minutes, all % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld:%02ld", minutes, all % 60);
  }
  return text;
}

} // namespace detail::progress

CLEAVE_INLINE Progress::Progress(const Options& options) : options_(options) {
  if (options_.clock == nullptr) {
    options_.clock = &detail::progress::steady_seconds;
  }
  if (options_.live == Live::automatic) {
    options_.live = isatty(fileno(options_.out)) == 1 ? Live::always : Live::never;
  }
  if (options_.width <= 0) {
    options_.width = detail::progress::terminal_width(options_.out);
  }
}

CLEAVE_INLINE Progress::~Progress() { end_line(); }

CLEAVE_INLINE void Progress::start_epoch() {
  ++epoch_;
  batch_ = 0;
  loss_ = accuracy_ = std::nan("");
  epoch_start_ = options_.clock();
  drawn_at_ = epoch_start_ - detail::progress::redraw_interval; // the first batch is shown at once
  running_ = true;
}

CLEAVE_INLINE double Progress::seconds() const { return before_ + (running_ ? options_.clock() - epoch_start_ : 0); }

CLEAVE_INLINE void Progress::update(double loss, double accuracy) {
  ++batch_;
  loss_ = loss;
  accuracy_ = accuracy;
  if (options_.live != Live::always) {
    return;
  }
  const double now = options_.clock();
  if (now - drawn_at_ >= detail::progress::redraw_interval) {
    drawn_at_ = now;
    draw(describe(false));
  }
}

CLEAVE_INLINE void Progress::end_epoch() {
  const double spent = seconds();
  const std::string line = describe(true);
  running_ = false;
  before_ = spent;
  if (options_.live == Live::always) {
    draw(line);
    end_line();
  } else {
    std::fputs((line + "\n").c_str(), options_.out);
    std::fflush(options_.out);
  }
}

CLEAVE_INLINE std::string Progress::describe(bool epoch_is_over) const {
  const double spent = seconds();
  const double in_epoch = spent - before_;
  const double rate = in_epoch > 0 ? static_cast<double>(batch_ * options_.batch_size) / in_epoch : 0;
  const double done =
      static_cast<double>(epoch_ - 1) * static_cast<double>(options_.batches) + static_cast<double>(batch_);
  const double all = static_cast<double>(options_.epochs) * static_cast<double>(options_.batches);
  const double left = done > 0 ? spent * std::max(0., all - done) / done : 0;
  char text[256];
  std::snprintf(text, sizeof text, "epoch %d/%d  batch %td/%td  %.0f samples/s  loss %.4f  accuracy %.4f  ", epoch_,
                options_.epochs, batch_, options_.batches, rate, loss_, accuracy_);
  char took[32];
  std::snprintf(took, sizeof took, "%.1f s", in_epoch);
  return text + (epoch_is_over ? took : "ETA " + detail::progress::clock_text(left));
}

/// Overwrites the live line. A line as wide as the terminal would wrap, and could not be overwritten.
CLEAVE_INLINE void Progress::draw(const std::string& line) {
  std::string text(1, '\r');
  text.append(line, 0, static_cast<std::size_t>(std::max(1, options_.width - 1)));
  const std::size_t length = text.size() - 1;
  text.append(drawn_ > length ? drawn_ - length : 0, ' '); // wipes what was longer
  drawn_ = length;
  std::fputs(text.c_str(), options_.out);
  std::fflush(options_.out);
}

CLEAVE_INLINE void Progress::end_line() {
  if (drawn_ > 0) {
    std::fputc('\n', options_.out);
    std::fflush(options_.out);
    drawn_ = 0;
  }
}

} // namespace cleave
