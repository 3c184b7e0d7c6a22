// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <cleave/inspect/svg.hpp>
#include <cleave/passes/liveness.hpp>

#include <algorithm>

namespace cleave {
namespace detail::svgs {

// The drawing's measures, in pixels.
inline constexpr double width = 1000;
inline constexpr double height = 600;
inline constexpr double left = 90;
inline constexpr double right = 25;
inline constexpr double top = 70;
inline constexpr double bottom = 70;

inline std::string bytes_text(double bytes) {
  Text text;
  if (bytes >= 1024. * 1024.) {
    text.print("%.4g MiB", bytes / (1024. * 1024.));
  } else if (bytes >= 1024) {
    text.print("%.4g KiB", bytes / 1024.);
  } else {
    text.print("%.0f B", bytes);
  }
  return text.str();
}

inline std::string escaped(const char* text) {
  std::string out;
  for (; *text != '\0'; ++text) {
    switch (*text) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += *text;
    }
  }
  return out;
}

class SvgWriter {
public:
  explicit SvgWriter(const MemoryPicture& picture)
      : picture_(picture),
        live_(detail::liveness(picture.graph, picture.roots)),
        size_(picture.arena_bytes[static_cast<int>(ArenaId::activations)]),
        across_((width - left - right) / std::max(live_.steps, 1)),
        up_((height - top - bottom) / std::max(static_cast<double>(size_), 1.)) {}

  std::string write() {
    text_ << R"(<svg xmlns="http://www.w3.org/2000/svg" width=")" << width << "\" height=\"" << height
          << "\" viewBox=\"0 0 " << width << ' ' << height
          << "\" font-family=\"Helvetica, Arial, sans-serif\">\n"
             "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
    write_text(left, 26, 17, "start", "#000000", escaped(picture_.title));
    write_text(left, 46, 12, "start", "#404040", arenas_in_words());
    for (Id id = 0; id < picture_.graph.size; ++id) {
      if (picture_.roots[id] == id && picture_.at[id].arena == ArenaId::activations) {
        write_value(id);
      }
    }
    write_axes();
    text_ << "</svg>\n";
    return text_.str();
  }

private:
  [[nodiscard]] double x_of(double step) const { return left + across_ * step; }
  [[nodiscard]] double y_of(extent bytes) const { return height - bottom - up_ * static_cast<double>(bytes); }

  void write_text(double x, double y, int size, const char* anchor, const char* colour, const std::string& what) {
    text_ << "<text x=\"" << x << "\" y=\"" << y << "\" font-size=\"" << size << "\" text-anchor=\"" << anchor
          << "\" fill=\"" << colour << "\">" << what << "</text>\n";
  }
  void write_line(double x0, double y0, double x1, double y1, const char* style) {
    text_ << "<line x1=\"" << x0 << "\" y1=\"" << y0 << "\" x2=\"" << x1 << "\" y2=\"" << y1 << "\" " << style
          << "/>\n";
  }

  [[nodiscard]] std::string arenas_in_words() const {
    constexpr const char* names[] = {"parameters", "gradients", "inputs", "activations"};
    Text words;
    for (int arena = 0; arena < arena_count; ++arena) {
      words << (arena > 0 ? ", " : "") << names[arena] << ' '
            << bytes_text(static_cast<double>(picture_.arena_bytes[arena]));
    }
    words << "; " << live_.steps << " kernels";
    return words.str();
  }

  /// One past the last kernel at which the value is drawn: a chain that takes its place is drawn instead.
  [[nodiscard]] int end_of(Id id) const {
    const int last = std::min(live_.last_use[id], live_.steps - 1);
    for (Id user = id + 1; last > live_.step_of[id] && user < picture_.graph.size; ++user) {
      if (live_.step_of[user] == last) {
        const Location& there = picture_.at[user];
        const Location& here = picture_.at[id];
        return there.arena == here.arena && there.offset == here.offset ? last : last + 1;
      }
    }
    return last + 1;
  }

  void write_value(Id id) {
    const Node& node = picture_.graph[id];
    const extent begin = picture_.at[id].offset;
    const double x = x_of(live_.step_of[id]);
    const double y = y_of(begin + node.bytes());
    const double w = across_ * (end_of(id) - live_.step_of[id]);
    const double h = up_ * static_cast<double>(node.bytes());
    const bool result = live_.last_use[id] >= live_.steps;
    const char* colour = id < picture_.graph.forward_size ? "#9dbfe3" : "#f0b78a";
    colour = result ? "#8fc99a" : colour;
    Text name;
    name << '%' << id << ' ' << node.op->name;
    const std::string what = escaped(name.str().c_str());
    text_ << "<rect x=\"" << x << "\" y=\"" << y << "\" width=\"" << w << "\" height=\"" << h << "\" fill=\"" << colour
          << R"(" stroke="#303030" stroke-width="0.6"><title>)" << what << ", "
          << bytes_text(static_cast<double>(node.bytes())) << ", kernels " << live_.step_of[id] << " to ";
    if (result) {
      text_ << "the end</title></rect>\n";
    } else {
      text_ << live_.last_use[id] << "</title></rect>\n";
    }
    constexpr double letter = 5.6; // pixels of a letter of size 10
    if (h >= 11 && w >= letter * static_cast<double>(what.size())) {
      write_text(x + w / 2, y + h / 2 + 3.5, 10, "middle", "#000000", what);
    }
  }

  void write_axes() {
    const double floor = y_of(0);
    const double end = x_of(live_.steps);
    write_line(left, floor, end, floor, "stroke=\"#000000\"");
    write_line(left, floor, left, top - 8, "stroke=\"#000000\"");
    const int every = std::max(1, (live_.steps + 19) / 20);
    for (int step = 0; step < live_.steps; step += every) {
      write_text(x_of(step + 0.5), floor + 16, 10, "middle", "#404040", std::to_string(step));
    }
    for (int tick = 0; tick <= 4; ++tick) {
      const extent bytes = size_ * tick / 4;
      write_line(left - 4, y_of(bytes), left, y_of(bytes), "stroke=\"#000000\"");
      write_text(left - 8, y_of(bytes) + 4, 10, "end", "#404040", bytes_text(static_cast<double>(bytes)));
    }
    write_text((left + end) / 2, floor + 34, 12, "middle", "#000000", "kernel");
    const int forward = forward_kernels();
    write_line(x_of(forward), floor, x_of(forward), top - 8, R"(stroke="#606060" stroke-dasharray="5 4")");
    write_line(left, y_of(size_), end, y_of(size_), R"(stroke="#c01818" stroke-width="1.6")");
    write_line(left, y_of(picture_.activation_bound), end, y_of(picture_.activation_bound),
               R"(stroke="#1846c0" stroke-width="1.6" stroke-dasharray="9 5")");
    write_legend(floor + 54);
  }
  void write_legend(double y) {
    struct Entry {
      const char* colour;
      std::string words;
    };
    const Entry entries[] = {
        {"#9dbfe3", "forward value"},
        {"#f0b78a", "backward value"},
        {"#8fc99a", "result"},
        {"#c01818", bytes_text(static_cast<double>(size_)).insert(0, "arena ")},
        {"#1846c0", bytes_text(static_cast<double>(picture_.activation_bound)).insert(0, "bound ")},
    };
    double x = left;
    for (const Entry& entry : entries) {
      text_ << "<rect x=\"" << x << "\" y=\"" << y - 9 << R"(" width="14" height="10" fill=")" << entry.colour
            << "\"/>\n";
      write_text(x + 20, y, 11, "start", "#000000", entry.words);
      x += 175;
    }
  }
  [[nodiscard]] int forward_kernels() const {
    int count = 0;
    for (Id id = 0; id < std::min(picture_.graph.forward_size, picture_.graph.size); ++id) {
      count += picture_.roots[id] == id ? 1 : 0;
    }
    return count;
  }

  MemoryPicture picture_;
  detail::Liveness live_;
  extent size_;
  double across_;
  double up_;
  Text text_;
};

} // namespace detail::svgs

CLEAVE_INLINE std::string memory_svg(const MemoryPicture& picture) { return detail::svgs::SvgWriter(picture).write(); }

} // namespace cleave
