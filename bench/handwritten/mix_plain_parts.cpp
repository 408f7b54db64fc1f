// SPDX-License-Identifier: Apache-2.0
// Puts the parts of the plain rival together.
#include "bench/handwritten/mix_rivals.h"

namespace featc::bench {

MixRival mixPlainPartNative_0, mixPlainPartNative_1, mixPlainPartNative_2, mixPlainPartNative_3;
MixRival mixPlainPartNative_4, mixPlainPartNative_5, mixPlainPartNative_6, mixPlainPartNative_7;
MixRival mixPlainPartAvx2_0, mixPlainPartAvx2_1, mixPlainPartAvx2_2, mixPlainPartAvx2_3;
MixRival mixPlainPartAvx2_4, mixPlainPartAvx2_5, mixPlainPartAvx2_6, mixPlainPartAvx2_7;

namespace {

template <MixRival*... parts>
void all(const MixInput& in, uint64_t* const* ids) {
  (parts(in, ids), ...);
}

}  // namespace

void mixPlainNative(const MixInput& in, uint64_t* const* ids) {
  all<mixPlainPartNative_0, mixPlainPartNative_1, mixPlainPartNative_2, mixPlainPartNative_3, mixPlainPartNative_4,
      mixPlainPartNative_5, mixPlainPartNative_6, mixPlainPartNative_7>(in, ids);
}

void mixPlainAvx2(const MixInput& in, uint64_t* const* ids) {
  all<mixPlainPartAvx2_0, mixPlainPartAvx2_1, mixPlainPartAvx2_2, mixPlainPartAvx2_3, mixPlainPartAvx2_4,
      mixPlainPartAvx2_5, mixPlainPartAvx2_6, mixPlainPartAvx2_7>(in, ids);
}

}  // namespace featc::bench
