// SPDX-License-Identifier: Apache-2.0
// Networks through OpenVINO, on its CPU plug-in.
#include "server/scorer/openvino/openvino_module.h"

#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <openvino/openvino.hpp>
#include <string>
#include <vector>

namespace {

// OpenVINO's messages, without the places in its own sources, in one line.
std::string shortened(const std::string& text) {
  std::string out;
  size_t begin = 0;
  while (begin < text.size()) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    line.erase(0, line.find_first_not_of(" \t"));
    bool isPlace = line.starts_with("Exception from ") || (line.starts_with("Check '") && line.ends_with(":"));
    if (line.empty() || isPlace) continue;
    if (!out.empty()) out += out.ends_with(':') ? " " : "; ";
    out += line;
  }
  return out.empty() ? text : out;
}

template <class F>
char* guarded(F&& f) {
  try {
    f();
    return nullptr;
  } catch (const std::exception& failure) {
    return strdup(shortened(failure.what()).c_str());
  }
}

FeatcTensorType typeOf(const ov::element::Type& type) {
  if (type == ov::element::f32) return FEATC_TENSOR_F32;
  if (type == ov::element::i64) return FEATC_TENSOR_I64;
  return FEATC_TENSOR_OTHER;
}

// The inputs or outputs of a network in C.
struct Infos {
  std::vector<FeatcTensorInfo> infos;
  std::vector<std::string> names;
  std::vector<std::string> types;
  std::vector<std::vector<int64_t>> shapes;

  void add(const ov::Output<const ov::Node>& port, size_t index, const char* unnamed) {
    names.push_back(port.get_names().empty() ? unnamed + std::to_string(index) : port.get_any_name());
    types.push_back(port.get_element_type().get_type_name());
    shapes.emplace_back();
    const ov::PartialShape& shape = port.get_partial_shape();
    if (shape.rank().is_static())
      for (const ov::Dimension& size : shape) shapes.back().push_back(size.is_static() ? size.get_length() : -1);
    infos.push_back({.name = nullptr,
                     .typeName = nullptr,
                     .type = typeOf(port.get_element_type()),
                     .rank = shape.rank().is_static() ? static_cast<int32_t>(shape.size()) : -1,
                     .shape = nullptr});
  }
  // Once all are added, since vectors move what they hold.
  void finish() {
    for (size_t i = 0; i < infos.size(); ++i) {
      infos[i].name = names[i].c_str();
      infos[i].typeName = types[i].c_str();
      infos[i].shape = shapes[i].data();
    }
  }
};

ov::Core& core() {
  static ov::Core one;
  return one;
}

// Outputs become float32 or int64, be they smaller or larger.
std::shared_ptr<ov::Model> readModel(const std::string& path) {
  std::shared_ptr<ov::Model> model = core().read_model(path);
  ov::preprocess::PrePostProcessor converted(model);
  for (size_t i = 0; i < model->outputs().size(); ++i) {
    const ov::element::Type type = model->output(i).get_element_type();
    if (type == ov::element::f32 || type == ov::element::i64) continue;
    if (type.is_real()) converted.output(i).tensor().set_element_type(ov::element::f32);
    if (type.is_integral()) converted.output(i).tensor().set_element_type(ov::element::i64);
  }
  return converted.build();
}

class Network {
 public:
  Network(const std::string& path, bool bfloat16, uint32_t concurrent) : free_(concurrent) {
    const std::shared_ptr<const ov::Model> model = readModel(path);
    compiled_ = core().compile_model(
        model, "CPU", ov::hint::inference_precision(bfloat16 ? ov::element::bf16 : ov::element::f32),
        ov::hint::execution_mode(bfloat16 ? ov::hint::ExecutionMode::PERFORMANCE : ov::hint::ExecutionMode::ACCURACY),
        ov::inference_num_threads(static_cast<int32_t>(concurrent)),
        ov::num_streams(ov::streams::Num(static_cast<int32_t>(concurrent))), ov::hint::enable_cpu_pinning(false));
    // Compiled ones also have names of nodes that became one.
    for (size_t i = 0; i < model->inputs().size(); ++i) inputs.add(model->input(i), i, "input ");
    for (size_t i = 0; i < model->outputs().size(); ++i) outputs.add(model->output(i), i, "output ");
    inputs.finish();
    outputs.finish();
    for (ov::InferRequest& request : free_) request = compiled_.create_infer_request();
  }

  void run(const FeatcTensor* in, FeatcTensorSink sink, void* context) {
    Borrowed request(*this);
    for (size_t i = 0; i < inputs.infos.size(); ++i) {
      const FeatcTensor& given = in[i];
      ov::Shape shape(given.shape, given.shape + given.rank);
      // Read only, whatever the type says.
      auto* data = const_cast<void*>(given.data);
      request->set_input_tensor(
          i, ov::Tensor(given.type == FEATC_TENSOR_F32 ? ov::element::f32 : ov::element::i64, shape, data));
    }
    request->infer();
    for (size_t i = 0; i < outputs.infos.size(); ++i) {
      ov::Tensor tensor = request->get_output_tensor(i);
      const ov::Shape sizes = tensor.get_shape();
      std::vector<int64_t> shape(sizes.begin(), sizes.end());
      FeatcTensor out{typeOf(tensor.get_element_type()), static_cast<int32_t>(shape.size()), shape.data(),
                      tensor.data()};
      sink(context, static_cast<int32_t>(i), &out);
    }
  }

  Infos inputs;
  Infos outputs;

 private:
  // A request of the pool, as long as it lives.
  class Borrowed {
   public:
    explicit Borrowed(Network& network) : network_(network) {
      std::unique_lock lock(network_.mutex_);
      network_.returned_.wait(lock, [&] { return !network_.free_.empty(); });
      request_ = std::move(network_.free_.back());
      network_.free_.pop_back();
    }
    ~Borrowed() {
      {
        std::lock_guard lock(network_.mutex_);
        network_.free_.push_back(std::move(request_));
      }
      network_.returned_.notify_one();
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ov::InferRequest* operator->() { return &request_; }

   private:
    Network& network_;
    ov::InferRequest request_;
  };

  ov::CompiledModel compiled_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<ov::InferRequest> free_;
};

const char* version() {
  static const std::string text = std::string("OpenVINO ") + ov::get_openvino_version().buildNumber;
  return text.c_str();
}

char* openNetwork(const char* path, int bfloat16, uint32_t concurrent, void** network) {
  return guarded([&] { *network = new Network(path, bfloat16 != 0, concurrent); });
}

int32_t told(const Infos& infos, const FeatcTensorInfo** out) {
  *out = infos.infos.data();
  return static_cast<int32_t>(infos.infos.size());
}

int32_t inputsOf(const void* network, const FeatcTensorInfo** out) {
  return told(static_cast<const Network*>(network)->inputs, out);
}

int32_t outputsOf(const void* network, const FeatcTensorInfo** out) {
  return told(static_cast<const Network*>(network)->outputs, out);
}

char* runNetwork(void* network, const FeatcTensor* in, FeatcTensorSink sink, void* context) {
  return guarded([&] { static_cast<Network*>(network)->run(in, sink, context); });
}

void closeNetwork(void* network) { delete static_cast<Network*>(network); }

constexpr FeatcOpenvino kModule{version, openNetwork, inputsOf, outputsOf, runNetwork, closeNetwork};

}  // namespace

extern "C" __attribute__((visibility("default"))) const FeatcOpenvino* featcOpenvino(uint32_t wanted) {
  return wanted == FEATC_OPENVINO_VERSION ? &kModule : nullptr;
}
