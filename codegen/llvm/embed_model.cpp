// SPDX-License-Identifier: Apache-2.0
// Adds a model's featc_built and its program image to its module.
#include "codegen/llvm/embed_model.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/DerivedTypes.h>

#include <cstddef>

#include "codegen/plan/built_model.h"

namespace featc {

void embedModel(llvm::Module& module, const EmbeddedModel& model) {
  llvm::LLVMContext& context = module.getContext();
  // Object files of several models are linked into one program: only their featc_built have names.
  for (llvm::Function& function : module)
    if (!function.isDeclaration()) function.setLinkage(llvm::GlobalValue::InternalLinkage);
  llvm::Function* entry = module.getFunction(kNativeEntryName);

  llvm::Constant* bytes = llvm::ConstantDataArray::getString(context, model.image, false);
  auto* image = new llvm::GlobalVariable(module, bytes->getType(), true, llvm::GlobalValue::PrivateLinkage, bytes,
                                         "program_image");
  llvm::Type* i64 = llvm::Type::getInt64Ty(context);
  llvm::Type* ptr = llvm::PointerType::getUnqual(context);
  auto* type = llvm::StructType::get(context, {i64, ptr, i64, ptr});
  static_assert(offsetof(featc_built, image) == 8 && offsetof(featc_built, image_size) == 16 &&
                offsetof(featc_built, entry) == 24 && sizeof(featc_built) == 32);
  llvm::Constant* value = llvm::ConstantStruct::get(
      type, {llvm::ConstantInt::get(i64, kBuiltMagic), image, llvm::ConstantInt::get(i64, model.image.size()), entry});
  new llvm::GlobalVariable(module, type, true, llvm::GlobalValue::ExternalLinkage, value,
                           std::string(kBuiltName) + "_" + model.name);
}

}  // namespace featc
