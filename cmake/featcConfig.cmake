# find_package(featc): featc::featc compiles and runs configs, featc::aot runs what was compiled
# ahead of time.
include(CMakeFindDependencyMacro)
find_dependency(fmt 9)
find_dependency(Threads)
find_dependency(simdjson)
if(@FEATC_COMPILER@)
  find_dependency(LLVM 19.1 CONFIG)
endif()
set(FEATC_STORES @FEATC_STORES@)
list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
find_dependency(FeatcLibraries)
list(POP_FRONT CMAKE_MODULE_PATH)
include(${CMAKE_CURRENT_LIST_DIR}/featcTargets.cmake)
# Old names.
@featc_old_targets@