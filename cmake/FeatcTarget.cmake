# featc_library(NAME [FOLDERS folders...] [LINK targets...] [PRIVATE targets...]): the static library of the
# current folder, made of all .cpp files in it and in those folders of it, compiled with the project's warnings and
# float rules.

# Warnings are errors with the compilers that CI has. Others warn of other things, which must not stop anybody's build.
set(featc_known_gnu $<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>)
set(featc_known_clang $<AND:$<CXX_COMPILER_ID:Clang>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,20>>)

add_library(featc_options INTERFACE)
target_compile_options(featc_options INTERFACE
  -Wall -Wextra -Wpedantic
  $<$<OR:${featc_known_gnu},${featc_known_clang}>:-Werror>
  # g++ 12 takes `"text" + std::string` for overlapping copies (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # libstdc++ 12's std::stable_sort uses a function that it has deprecated itself.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  # A config means the same on every CPU: no fused multiply-add that was not written.
  -ffp-contract=off)
# The public headers are under include, all others are named from the project's root.
target_include_directories(featc_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)

function(featc_library NAME)
  cmake_parse_arguments(ARG "" "" "FOLDERS;LINK;PRIVATE" ${ARGN})
  set(patterns *.cpp *.h)
  foreach(folder ${ARG_FOLDERS})
    list(APPEND patterns ${folder}/*.cpp ${folder}/*.h)
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  add_library(${NAME} STATIC ${sources})
  target_include_directories(${NAME} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  target_link_libraries(${NAME} PUBLIC ${ARG_LINK} PRIVATE $<BUILD_INTERFACE:featc_options> ${ARG_PRIVATE})
endfunction()

# featc_vector_loops(LOOPS): the current folder's LOOPS_avx2.cpp and LOOPS_avx512.cpp are compiled for these instructions;
# support/instruction_sets.h says at run time whether the CPU has them.
function(featc_vector_loops LOOPS)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set_source_files_properties(${LOOPS}_avx2.cpp PROPERTIES COMPILE_OPTIONS -mavx2)
    set_source_files_properties(${LOOPS}_avx512.cpp PROPERTIES COMPILE_OPTIONS
      "-mavx512f;-mavx512dq;-mavx512bw;-mavx512vl;-mprefer-vector-width=512")
  endif()
endfunction()

# featc_module(NAME OPTION variable PACKAGE package DOES text WITHOUT text SOURCES files... LINK targets...): a module of
# the current folder, which the program loads from lib/featc when it needs it (support/module.h). The cache variable says
# whether it is built: AUTO, where the package is found and nothing is sanitized; ON, the package is required; OFF.
# DOES describes the variable, WITHOUT is said where the package is not found.
function(featc_module NAME)
  cmake_parse_arguments(ARG "" "OPTION;PACKAGE;DOES;WITHOUT" "SOURCES;LINK" ${ARGN})
  set(${ARG_OPTION} AUTO CACHE STRING "${ARG_DOES}: AUTO (where ${ARG_PACKAGE} is found), ON, OFF")
  set_property(CACHE ${ARG_OPTION} PROPERTY STRINGS AUTO ON OFF)
  set(wanted ${${ARG_OPTION}})
  if(NOT wanted OR (wanted STREQUAL AUTO AND FEATC_SANITIZED))
    return()
  endif()
  if(wanted STREQUAL AUTO)
    find_package(${ARG_PACKAGE} QUIET)
  else()
    find_package(${ARG_PACKAGE} REQUIRED)
  endif()
  if(NOT ${ARG_PACKAGE}_FOUND)
    message(STATUS "${ARG_WITHOUT}")
    return()
  endif()
  add_library(${NAME} MODULE ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE featc_options ${ARG_LINK})
  set_target_properties(${NAME} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/featc
    # Beside it, where deploy/runtime-files puts them, or where they were found: also inside the checkout, in build/venv.
    INSTALL_RPATH "$ORIGIN;$<TARGET_FILE_DIR:${${ARG_PACKAGE}_LIBRARY}>")
  install(TARGETS ${NAME} LIBRARY DESTINATION lib/featc)
  set_property(GLOBAL APPEND PROPERTY FEATC_MODULES ${NAME})
endfunction()
