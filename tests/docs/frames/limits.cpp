// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <string>

#include "featc/run.hpp"

void answer(int status, const std::string& text);

void snippet(const featc::Extractor& extractor, const featc::Batch& batch, featc::Scratch& scratch,
             featc::Result& result, featc::CallOptions options) {
#include SNIPPET
}
