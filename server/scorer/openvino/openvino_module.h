// SPDX-License-Identifier: Apache-2.0
// What the module featc_openvino.so offers: networks that OpenVINO computes. Functions of C, so that the module and the
// program that loads it need not agree on any C++ library.
#pragma once

#include <cstdint>

extern "C" {

enum FeatcTensorType { FEATC_TENSOR_F32, FEATC_TENSOR_I64, FEATC_TENSOR_OTHER };

// What a network declares; it lives as long as the network.
struct FeatcTensorInfo {
  const char* name;
  const char* typeName;
  int32_t type;
  int32_t rank;          // -1: any
  const int64_t* shape;  // -1: any size
};

struct FeatcTensor {
  int32_t type;
  int32_t rank;
  const int64_t* shape;
  const void* data;
};

// Gets output `index`, whose memory is borrowed for the call.
typedef void (*FeatcTensorSink)(void* context, int32_t index, const struct FeatcTensor* tensor);

// Functions that return text give null, or what went wrong, to be freed with free().
struct FeatcOpenvino {
  const char* (*version)();
  // `concurrent` inferences at the same time, each on one thread.
  char* (*open)(const char* path, int bfloat16, uint32_t concurrent, void** network);
  // Outputs are told as they come out: f32 or i64.
  int32_t (*inputs)(const void* network, const struct FeatcTensorInfo** infos);
  int32_t (*outputs)(const void* network, const struct FeatcTensorInfo** infos);
  // One tensor an input, in the order of inputs(). Thread-safe.
  char* (*run)(void* network, const struct FeatcTensor* in, FeatcTensorSink sink, void* context);
  void (*close)(void* network);
};

// Grows with every change of the structs.
#define FEATC_OPENVINO_VERSION 1
const struct FeatcOpenvino* featcOpenvino(uint32_t version);
}
