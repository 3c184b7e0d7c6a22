// SPDX-License-Identifier: Apache-2.0
// The demo: a small network learns Fashion-MNIST on several devices, each batch cut by workload. Where that data set is
// not installed, the handwritten digits beside this file are learnt instead. See --help.
#include <cleave/cleave.hpp>
#include <cleave/data/array_iter.hpp>
#include <cleave/data/csv.hpp>
#include <cleave/data/idx.hpp>
#include <cleave/group/metric.hpp>
#include <cleave/inspect/progress.hpp>
#include <cleave/inspect/summary.hpp>
#include <cleave/train/initializer.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace {

using cleave::extent;
using cleave::axes::C;
using cleave::axes::N;

// What is learnt: a data set with its model. -----------------------------------------------------------------------

struct FashionModel { // 784-128-64-10
  constexpr auto operator()(auto data) const {
    auto h1 = relu(cleave::linear<"fc1", C<128>>(data * (1.F / 255)));
    auto h2 = relu(cleave::linear<"fc2", C<64>>(h1));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc3", C<10>>(h2));
  }
};
struct Fashion {
  using model = FashionModel;
  static constexpr extent pixels = 784;
  static constexpr extent test_batch = 1000;
  static constexpr int epochs = 5;
};

struct DigitsModel { // 64-32-10
  constexpr auto operator()(auto data) const {
    auto hidden = relu(cleave::linear<"fc1", C<32>>(data * (1.F / 16)));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<10>>(hidden));
  }
};
struct Digits {
  using model = DigitsModel;
  static constexpr extent pixels = 64;
  static constexpr extent test_batch = 100;
  static constexpr int epochs = 20;
};

// How: a job for each list of workloads, one share a device. -------------------------------------------------------

template <class Indices>
struct FirstCpus;
template <int... Index>
struct FirstCpus<std::integer_sequence<int, Index...>> {
  using type = cleave::Devices<cleave::Cpu<Index>...>;
};

template <class DataSet, int... Share>
struct Job {
  using model = typename DataSet::model;
  using devices = typename FirstCpus<std::make_integer_sequence<int, static_cast<int>(sizeof...(Share))>>::type;
  using batches = cleave::Batches<100, 1000>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<DataSet::pixels>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
  static constexpr auto workload = cleave::workload(Share...);
};

// Data. ------------------------------------------------------------------------------------------------------------

struct Images {
  extent count = 0;
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> labels;

  template <class AnyJob>
  [[nodiscard]] cleave::ArrayIter<AnyJob> batches(const cleave::ArrayIterOptions& options) const {
    return cleave::ArrayIter<AnyJob>({cleave::column(pixels, count), cleave::column(labels, count)}, options);
  }
};

struct Data {
  Images train;
  Images test;
};

/// Where Debian's package dataset-fashion-mnist puts its files.
constexpr const char* fashion_folder = "/usr/share/datasets/fashion-mnist";

/// The file as it is or compressed.
std::string find_file(const std::string& folder, const std::string& name) {
  const std::filesystem::path plain = std::filesystem::path(folder) / name;
  return std::filesystem::exists(plain) ? plain.string() : plain.string() + ".gz";
}

Images load_images(const std::string& folder, const std::string& part) {
  const std::string image_file = find_file(folder, part + "-images-idx3-ubyte");
  const std::string label_file = find_file(folder, part + "-labels-idx1-ubyte");
  cleave::IdxArray images = cleave::read_idx(image_file);
  if (images.dims.size() != 3 || images.dims[1] != 28 || images.dims[2] != 28) {
    throw cleave::Error((image_file + " is another kind of data: expected images of 28 x 28 pixels").c_str());
  }
  cleave::IdxArray labels = cleave::read_idx(label_file);
  if (labels.dims.size() != 1 || labels.dims[0] != images.dims[0]) {
    throw cleave::Error((label_file + " does not belong to the images: expected a list of " +
                         std::to_string(images.dims[0]) + " labels, but " + std::to_string(labels.dims[0]) +
                         " rows of " + std::to_string(labels.bytes.size() / static_cast<std::size_t>(labels.dims[0])) +
                         " came")
                            .c_str());
  }
  const auto most = std::ranges::max(labels.bytes);
  if (most > 9) {
    throw cleave::Error(
        (label_file + " is another kind of data: expected labels from 0 to 9, but " + std::to_string(most) + " came")
            .c_str());
  }
  return {images.rows(), std::move(images.bytes), std::move(labels.bytes)};
}

Images take_digits(const cleave::CsvTable& table, extent begin, extent end) {
  const std::vector<float> pixels = table.block(0, Digits::pixels, begin, end);
  const std::vector<float> labels = table.block(Digits::pixels, 1, begin, end);
  Images images;
  images.count = end - begin;
  const auto to_byte = [](float x) { return static_cast<std::uint8_t>(x); };
  std::ranges::transform(pixels, std::back_inserter(images.pixels), to_byte);
  std::ranges::transform(labels, std::back_inserter(images.labels), to_byte);
  return images;
}

Data load_digits() {
  const cleave::CsvTable table = cleave::read_csv(CLEAVE_EXAMPLES_DATA "/digits.csv", Digits::pixels + 1);
  constexpr extent train_rows = 1500;
  return {take_digits(table, 0, train_rows), take_digits(table, train_rows, table.rows())};
}

// Training. --------------------------------------------------------------------------------------------------------

struct Options {
  std::optional<int> devices;
  std::vector<int> workloads;
  std::optional<int> epochs;
  double learning_rate = 0.05;
  double momentum = 0.9;
  std::uint64_t seed = 1;
  extent batch = 100;
  std::optional<std::string> data;
};

/// Adds what the last pass gave for a batch. Its size is known only now, so one of the compiled sizes is chosen.
template <class AnyJob, int Index = 0>
void add_outputs(cleave::ClassificationMetric& metric, cleave::DataParallelGroup<AnyJob>& group,
                 const cleave::AnyBatch<AnyJob>& batch) {
  if constexpr (Index < AnyJob::batches::count) {
    constexpr extent size = AnyJob::batches::sizes[Index];
    if (batch.rows == size) {
      metric.add(group.template merged_outputs<size>(), batch.inputs[1], batch.pad);
    } else {
      add_outputs<AnyJob, Index + 1>(metric, group, batch);
    }
  }
}

template <class AnyJob>
double test_accuracy(cleave::DataParallelGroup<AnyJob>& group, const Images& images, extent batch_size) {
  cleave::ClassificationMetric metric;
  cleave::AnyBatch<AnyJob> batch;
  for (auto batches = images.batches<AnyJob>({.batch_size = batch_size}); batches.next(batch);) {
    group.template forward<cleave::evaluate>(batch);
    add_outputs(metric, group, batch);
  }
  return metric.accuracy();
}

template <class DataSet, int... Share>
void train(const Options& options, const Data& data) {
  using ThisJob = Job<DataSet, Share...>;
  std::printf("%s", cleave::summary<ThisJob>());
  cleave::DataParallelGroup<ThisJob> group;
  group.initialize(cleave::Xavier{}, options.seed);

  auto batches = data.train.batches<ThisJob>({.batch_size = options.batch, .shuffle = true, .seed = options.seed});
  const int epochs = options.epochs.value_or(DataSet::epochs);
  cleave::Progress progress(
      {.epochs = epochs, .batches = batches.batches_per_epoch(), .batch_size = batches.batch_size()});
  const double steps = static_cast<double>(epochs) * static_cast<double>(batches.batches_per_epoch());
  double step = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    progress.start_epoch();
    cleave::ClassificationMetric metric;
    cleave::AnyBatch<ThisJob> batch;
    for (batches.reset(); batches.next(batch); ++step) {
      const double learning_rate = options.learning_rate * (1 - step / steps); // falls to nothing in a line
      group.step(batch, {.learning_rate = learning_rate, .momentum = options.momentum});
      add_outputs(metric, group, batch);
      progress.update(metric.cross_entropy(), metric.accuracy());
    }
    progress.end_epoch();
    if (!(metric.cross_entropy() < 1e30)) {
      throw cleave::Error("training went astray, its loss is no number any more; try a smaller --learning-rate");
    }
  }

  const double seconds = progress.seconds();
  const double images = static_cast<double>(epochs) * static_cast<double>(data.train.count);
  std::printf("test accuracy %.4f (%td images)\n", test_accuracy(group, data.test, DataSet::test_batch),
              data.test.count);
  std::printf("trained %d epochs in %.1f s (%.0f images/s)\n", epochs, seconds, seconds > 0 ? images / seconds : 0.);
}

// What was compiled, and the choice of one. ------------------------------------------------------------------------

struct Choice {
  std::vector<int> workloads;
  void (*fashion)(const Options& options, const Data& data);
  void (*digits)(const Options& options, const Data& data);
};

template <int... Share>
Choice compiled() {
  return {{Share...}, &train<Fashion, Share...>, &train<Digits, Share...>};
}

std::vector<Choice> choices() {
  return {compiled<1>(), compiled<1, 1>(), compiled<1, 1, 1>(), compiled<2, 1>(), compiled<2, 1, 1>()};
}

std::string join(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) {
    text += text.empty() ? "" : ",";
    text += std::to_string(number);
  }
  return text;
}

/// The job asked for; none, after saying which there are, where it was not compiled.
std::optional<Choice> choose(const Options& options) {
  std::vector<int> wanted = options.workloads;
  if (wanted.empty()) {
    wanted.assign(static_cast<std::size_t>(std::clamp(options.devices.value_or(2), 0, 1000)), 1);
  }
  const bool counts_agree = !options.devices || static_cast<int>(wanted.size()) == *options.devices;
  const bool batch_fits = options.batch == 100 || options.batch == 1000;
  std::string workloads;
  for (const Choice& choice : choices()) {
    if (counts_agree && batch_fits && choice.workloads == wanted) {
      return choice;
    }
    workloads += workloads.empty() ? "" : " or ";
    workloads += join(choice.workloads);
  }
  std::fprintf(stderr,
               "fashion_mnist: this was not compiled: workloads can be %s (one share a device, as many as --devices), "
               "and batches 100 or 1000\n",
               workloads.c_str());
  return std::nullopt;
}

void run(const Options& options, const Choice& choice) {
  const std::string folder = options.data.value_or(fashion_folder);
  if (options.data || std::filesystem::exists(folder)) {
    const Data data{load_images(folder, "train"), load_images(folder, "t10k")};
    std::printf("data: Fashion-MNIST from %s, %td images to learn from and %td to test on\n", folder.c_str(),
                data.train.count, data.test.count);
    choice.fashion(options, data);
  } else {
    const Data data = load_digits();
    std::printf(
        "data: Fashion-MNIST is not installed (%s is absent), so handwritten digits: %td images to learn from and "
        "%td to test on\n",
        folder.c_str(), data.train.count, data.test.count);
    choice.digits(options, data);
  }
}

} // namespace

int main(int count, char** arguments) {
  try {
    Options options;
    CLI::App app("Trains a small network on Fashion-MNIST, data-parallel over several devices.", "fashion_mnist");
    app.add_option("--devices", options.devices, "how many devices: 1, 2 (default) or 3");
    app.add_option("--workloads", options.workloads, "their shares of a batch: 2,1 or 2,1,1; equal if not given")
        ->delimiter(',');
    app.add_option("--epochs", options.epochs, "times through the data (default 5; 20 for digits)")
        ->check(CLI::Range(0, 100000));
    app.add_option("--learning-rate", options.learning_rate, "at the start; it falls to nothing in a straight line")
        ->check(CLI::Range(0., 1e6))
        ->capture_default_str();
    app.add_option("--momentum", options.momentum, "of the optimizer")
        ->check(CLI::Range(0., 1.))
        ->capture_default_str();
    app.add_option("--seed", options.seed, "of initial parameters and of the order of images")->capture_default_str();
    app.add_option("--batch", options.batch, "images in a training step: 100 or 1000")->capture_default_str();
    app.add_option("--data", options.data,
                   "folder of the four idx files of Fashion-MNIST, plain or gzip'd (default: " +
                       std::string(fashion_folder) + "; handwritten digits where that is absent)");
    try {
      app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : 2; // --help is no error; every other one is like a choice not compiled
    }
    const std::optional<Choice> choice = choose(options);
    if (!choice) {
      return 2;
    }
    run(options, *choice);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fashion_mnist: %s\n", error.what());
    return 1;
  }
}
