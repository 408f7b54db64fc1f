# What `cmake --install` brings: the program, the static libraries, their headers and a CMake
# package, so that find_package(featc) gives featc::featc (compile and run) and featc::aot (run what
# was compiled ahead of time); and the runtime that `featc build` links into libraries.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(featc_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/featc)

# Whose headers may be installed: those of the libraries.
set(featc_folders support values ops ops/library runtime runtime/reads runtime/calls runtime/seda data data/arrow data/csv
  data/formats data/json data/log data/memory ir codegen/plan engine/aot)
set(featc_libraries support values ops runtime runtime_seda data data_arrow data_formats data_log ir codegen_plan engine_aot)
if(FEATC_STORES)
  list(APPEND featc_folders stores)
  list(APPEND featc_libraries stores)
endif()
if(FEATC_COMPILER)
  list(APPEND featc_folders runtime/metrics grammar frontend optimizer codegen/llvm engine engine/explain)
  list(APPEND featc_libraries runtime_metrics grammar frontend optimizer codegen_llvm engine engine_explain)
endif()

# What had another place before: headers that lead to the new one, and the old names of targets. For one release.
include(FeatcMoved)

# The public headers and what they need, as cmake/PublicHeaders.cmake says.
install(CODE "
  execute_process(
    COMMAND \"${CMAKE_COMMAND}\" \"-DROOT=${PROJECT_SOURCE_DIR}\" \"-DFOLDERS=${featc_folders}\"
      \"-DMOVED=${featc_moved};${featc_documented}\"
      \"-DOUTPUT=\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}\"
      -P \"${PROJECT_SOURCE_DIR}/cmake/PublicHeaders.cmake\"
    COMMAND_ERROR_IS_FATAL ANY)")

set(featc_targets)
foreach(library ${featc_libraries})
  list(APPEND featc_targets featc_${library})
  # The names that an installed featc has, for projects that take this one in by add_subdirectory().
  if(NOT library MATCHES "^engine(_aot)?$")
    add_library(featc::${library} ALIAS featc_${library})
  endif()
  set_target_properties(featc_${library} PROPERTIES EXPORT_NAME ${library})
  target_compile_features(featc_${library} PUBLIC cxx_std_20)
  # Once installed, include is for all and include/featc/deprecated for the deprecated names: with include/featc itself
  # on the path, config.h and run.h of the program's own would be featc's.
  target_include_directories(featc_${library} SYSTEM INTERFACE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/moved>)
  target_include_directories(featc_${library} INTERFACE
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/featc/deprecated>)
endforeach()
set_target_properties(featc_engine_aot PROPERTIES EXPORT_NAME aot)
add_library(featc::aot ALIAS featc_engine_aot)
if(FEATC_COMPILER)
  set_target_properties(featc_engine PROPERTIES EXPORT_NAME featc)
  add_library(featc::featc ALIAS featc_engine)
  install(TARGETS featc DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
# All that is installed, without tests, benchmarks and examples.
add_custom_target(featc_package DEPENDS featc_run ${featc_targets})
if(FEATC_COMPILER)
  add_dependencies(featc_package featc)
endif()
get_property(featc_modules GLOBAL PROPERTY FEATC_MODULES)
foreach(module ${featc_modules})
  add_dependencies(featc_package ${module})
endforeach()
install(TARGETS ${featc_targets} EXPORT featcTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${featc_runtime_dir} DESTINATION lib/featc/runtime)
install(EXPORT featcTargets NAMESPACE featc:: DESTINATION ${featc_package_dir})

write_basic_package_version_file(${PROJECT_BINARY_DIR}/featcConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_file(${PROJECT_SOURCE_DIR}/cmake/featcConfig.cmake ${PROJECT_BINARY_DIR}/featcConfig.cmake @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/featcConfig.cmake ${PROJECT_SOURCE_DIR}/cmake/FindFeatcLibraries.cmake
              ${PROJECT_BINARY_DIR}/featcConfigVersion.cmake
  DESTINATION ${featc_package_dir})
