// SPDX-License-Identifier: Apache-2.0
// The two forms in which an FG config is written.
#pragma once

#include <optional>
#include <string_view>

#include "fg/messages.h"
#include "fg/node.h"

namespace featc::fg {

// Any JSON text.
std::optional<Node> readJson(std::string_view text, Messages& messages);
// Any text in protobuf's text format, without its schema: fields that are repeated become lists.
std::optional<Node> readProtobufText(std::string_view text, Messages& messages);

// TorchEasyRec's `feature_configs` as the entries of the fg.json that it would write of them.
std::vector<Node> fromTorchEasyRec(const Node& config, Messages& messages);

// Whether an fg.json is of the older FG that EasyRec documents, whose defaults are others: it has keys that only that
// has.
bool isEasyRec(const Node& config);
// Whether such a file has the key beside its features.
bool isOfEasyRec(std::string_view key);
// Its features, with what it leaves to defaults written out.
std::vector<Node> fromEasyRec(const Node& config, Messages& messages);

}  // namespace featc::fg
