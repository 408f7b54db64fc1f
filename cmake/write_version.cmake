# Writes version.cpp: cmake -DVERSION=... -DROOT=... -DFILES=a,b,c -DOUTPUT=... -P write_version.cmake
string(REPLACE "," ";" FILES "${FILES}")
set(all "")
foreach(file ${FILES})
  file(SHA256 ${ROOT}/${file} hash)
  string(APPEND all "${file} ${hash}\n")
endforeach()
string(SHA256 build "${all}")
string(SUBSTRING ${build} 0 12 build)
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
// SPDX-License-Identifier: Apache-2.0
// Made by write_version.cmake.
#include "aot/version.h"

std::string_view featc::featcVersion() { return "@VERSION@"; }
std::string_view featc::featcBuild() { return "@build@"; }
]])
