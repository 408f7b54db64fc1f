// SPDX-License-Identifier: Apache-2.0
// The names of error codes.
#include "support/error.h"

namespace featc {

std::string_view errorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::None: return "fine";
    case ErrorCode::BadBatch: return "bad_batch";
    case ErrorCode::NoMemory: return "no_memory";
    case ErrorCode::OverLimit: return "over_limit";
    case ErrorCode::Late: return "late";
    case ErrorCode::Cancelled: return "cancelled";
    case ErrorCode::Failed: break;
    case ErrorCode::Refused: return "refused";
    case ErrorCode::BadArgument: return "bad_argument";
    case ErrorCode::NoFile: return "no_file";
    case ErrorCode::BadConfig: return "bad_config";
    case ErrorCode::BadModel: return "bad_model";
    case ErrorCode::OtherBuild: return "other_build";
    case ErrorCode::OtherMachine: return "other_machine";
    case ErrorCode::BadStore: return "bad_store";
    case ErrorCode::BadCache: return "bad_cache";
  }
  return "failed";
}

}  // namespace featc
