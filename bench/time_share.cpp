// SPDX-License-Identifier: Apache-2.0
// Samples of the program counter, told apart by the file and the function that they are in.
#include "bench/time_share.h"

#if defined(__x86_64__) && defined(__linux__)

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/time.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/clocks.h"

namespace featc::bench {

namespace {

constexpr size_t kMostSamples = 100'000;
std::array<uintptr_t, kMostSamples> samples;
std::atomic<size_t> sampleCount = 0;

void onSample(int, siginfo_t*, void* context) {
  const size_t at = sampleCount.fetch_add(1, std::memory_order_relaxed);
  if (at < kMostSamples)
    samples[at] = static_cast<uintptr_t>(static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
}

// The functions of this program whose names tell that they are loops over flat arrays, by address.
class FlatFunctions {
 public:
  FlatFunctions() {
    std::ifstream file("/proc/self/exe", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const auto header = at<Elf64_Ehdr>(bytes, 0);
    auto section = [&](size_t i) { return at<Elf64_Shdr>(bytes, header.e_shoff + i * header.e_shentsize); };
    for (size_t i = 0; i < header.e_shnum; ++i) {
      const Elf64_Shdr table = section(i);
      if (table.sh_type != SHT_SYMTAB) continue;
      const Elf64_Shdr names = section(table.sh_link);
      for (uint64_t s = 0; s < table.sh_size; s += sizeof(Elf64_Sym)) {
        const auto symbol = at<Elf64_Sym>(bytes, table.sh_offset + s);
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
        if (isFlat(bytes.c_str() + names.sh_offset + symbol.st_name))
          ranges_.push_back({symbol.st_value, symbol.st_value + symbol.st_size});
      }
    }
    std::ranges::sort(ranges_, {}, &Range::begin);
  }

  bool have(uintptr_t address) const {
    auto after = std::ranges::upper_bound(ranges_, address, {}, &Range::begin);
    return after != ranges_.begin() && address < std::prev(after)->end;
  }

 private:
  struct Range {
    uintptr_t begin = 0;
    uintptr_t end = 0;
  };

  template <class T>
  static T at(const std::string& bytes, size_t offset) {
    T value{};
    if (offset + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
  }
  static bool isFlat(std::string_view name) {
    auto has = [&](std::string_view part) { return name.find(part) != name.npos; };
    return has("Flat") || has("hashStrings") || has("hashTexts") || has("array_loops");
  }

  std::vector<Range> ranges_;
};

// How far this program's code lies from where its file says.
uintptr_t ownBase() {
  uintptr_t base = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* out) {
        *static_cast<uintptr_t*>(out) = info->dlpi_addr;
        return 1;  // the first is the program itself
      },
      &base);
  return base;
}

}  // namespace

TimeShare timeShareOf(const std::function<void()>& run, double seconds) {
  static const FlatFunctions flat;
  sampleCount = 0;
  struct sigaction action{};
  action.sa_sigaction = onSample;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGPROF, &action, nullptr);
  const itimerval often{{0, 1}, {0, 1}};  // no more often than the kernel's clock ticks
  setitimer(ITIMER_PROF, &often, nullptr);
  Stopwatch watch(CLOCK_PROCESS_CPUTIME_ID);
  while (watch.seconds() < seconds) run();
  const itimerval never{};
  setitimer(ITIMER_PROF, &never, nullptr);

  const size_t count = std::min(sampleCount.load(), kMostSamples);
  TimeShare share;
  if (count == 0) return share;
  const uintptr_t base = ownBase();
  Dl_info here{};
  dladdr(reinterpret_cast<void*>(&timeShareOf), &here);
  for (size_t i = 0; i < count; ++i) {
    Dl_info info{};
    if (dladdr(reinterpret_cast<void*>(samples[i]), &info) == 0)  // NOLINT(performance-no-int-to-ptr)
      share.generated += 1;
    else if (info.dli_fbase == here.dli_fbase)
      (flat.have(samples[i] - base) ? share.flat : share.other) += 1;
    else
      (std::strstr(info.dli_fname, "sleef") != nullptr ? share.functions : share.other) += 1;
  }
  for (double* part : {&share.generated, &share.flat, &share.functions, &share.other})
    *part /= static_cast<double>(count);
  return share;
}

}  // namespace featc::bench

#else

namespace featc::bench {
TimeShare timeShareOf(const std::function<void()>&, double) { return {}; }
}  // namespace featc::bench

#endif
