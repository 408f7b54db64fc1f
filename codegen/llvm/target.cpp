// SPDX-License-Identifier: Apache-2.0
// The machine that code is made for.
#include "codegen/llvm/target.h"

#include <fmt/format.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>

#include <mutex>

namespace featc {

namespace {

void initializeTargets(bool all) {
  static std::once_flag native;
  std::call_once(native, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
  });
  if (!all) return;
  static std::once_flag others;
  std::call_once(others, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
  });
}

struct CpuName {
  std::string cpu;
  std::string features;
};

// Asking the CPU costs a fraction of a millisecond in a virtual machine, and the answer never changes.
const llvm::StringMap<bool>& hostFeatures() {
  static const llvm::StringMap<bool> kFeatures = llvm::sys::getHostCPUFeatures();
  return kFeatures;
}

CpuName hostCpu() {
  CpuName name{llvm::sys::getHostCPUName().str(), {}};
  for (const auto& feature : hostFeatures()) {
    if (!name.features.empty()) name.features += ',';
    name.features += feature.second ? '+' : '-';
    name.features += feature.first();
  }
  return name;
}

CpuName cpuOf(const CodegenOptions& options) {
  if (!options.cpu.empty() || !options.triple.empty()) return {options.cpu, {}};
  static const CpuName kHost = hostCpu();
  return kHost;
}

std::string tripleOf(const CodegenOptions& options) {
  return options.triple.empty() ? llvm::sys::getProcessTriple() : llvm::Triple::normalize(options.triple);
}

// The first instruction-set feature that the machine's CPU has and this process lacks.
std::string missingFeature(const llvm::TargetMachine& machine) {
  const llvm::StringMap<bool>& host = hostFeatures();
  for (const auto& feature : machine.getMCSubtargetInfo()->getAllProcessorFeatures()) {
    auto found = host.find(feature.Key);
    if (found == host.end() || found->second) continue;
    if (machine.getMCSubtargetInfo()->getFeatureBits().test(feature.Value)) return feature.Key;
  }
  return {};
}

}  // namespace

Target makeTarget(const CodegenOptions& options, llvm::CodeGenOptLevel level) {
  initializeTargets(!options.triple.empty());
  Target target;
  std::string triple = tripleOf(options);
  const llvm::Target* backend = llvm::TargetRegistry::lookupTarget(triple, target.error);
  if (backend == nullptr) return target;
  CpuName name = cpuOf(options);
  if (!name.cpu.empty()) {
    std::unique_ptr<llvm::MCSubtargetInfo> known(backend->createMCSubtargetInfo(triple, "", ""));
    if (!known->isCPUStringValid(name.cpu)) {
      target.error = fmt::format("there is no CPU \"{}\" for {}", name.cpu, triple);
      if (llvm::Triple(triple).isX86()) target.error += "; try x86-64, x86-64-v3 or x86-64-v4";
      return target;
    }
  }
  llvm::TargetOptions machineOptions;
  machineOptions.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  target.machine.reset(backend->createTargetMachine(triple, name.cpu, name.features, machineOptions, llvm::Reloc::PIC_,
                                                    llvm::CodeModel::Small, level));
  return target;
}

bool hasMaskRegisters(const llvm::TargetMachine& machine) {
  return machine.getTargetTriple().isX86() && machine.getMCSubtargetInfo()->checkFeatures("+avx512f");
}

std::string whyNotHere(const CodegenOptions& options, const llvm::TargetMachine& machine) {
  if (machine.getTargetTriple().getArch() != llvm::Triple(llvm::sys::getProcessTriple()).getArch())
    return fmt::format("this machine cannot run code for \"{}\"", options.triple);
  std::string feature = missingFeature(machine);
  if (feature.empty()) return {};
  return fmt::format("this machine cannot run code for \"{}\": it lacks {}", options.cpu, feature);
}

TargetDescription describeTarget(const CodegenOptions& options) {
  TargetDescription description;
  Target target = makeTarget(options);
  description.error = target.error;
  if (target.machine == nullptr) return description;
  const llvm::Triple& triple = target.machine->getTargetTriple();
  if (!triple.isArch64Bit() || !triple.isLittleEndian()) {
    description.error =
        fmt::format("featc makes code for 64-bit little-endian machines only, not for {}", triple.str());
    return description;
  }
  description.triple = triple.str();
  description.architecture = llvm::Triple::getArchTypeName(triple.getArch()).str();
  description.cpu = cpuOf(options).cpu;
  const llvm::MCSubtargetInfo& subtarget = *target.machine->getMCSubtargetInfo();
  for (const auto& feature : subtarget.getAllProcessorFeatures())
    if (subtarget.getFeatureBits().test(feature.Value)) description.features.emplace_back(feature.Key);
  return description;
}

std::string targetIdentity(const CodegenOptions& options) {
  CpuName name = cpuOf(options);
  return fmt::format("LLVM {} {} {} {}", LLVM_VERSION_STRING, tripleOf(options), name.cpu, name.features);
}

}  // namespace featc
