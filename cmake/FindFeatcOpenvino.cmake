# OpenVINO as the target featc::openvino_libraries: that of the system, else that inside the openvino package of
# FEATC_PYTHON, which scripts/setup installs in build/venv.

include(FindPackageHandleStandardArgs)

set(FEATC_PYTHON ${PROJECT_SOURCE_DIR}/build/venv/bin/python CACHE FILEPATH "A Python that has pyarrow and openvino")
if(EXISTS ${FEATC_PYTHON})
  # Not imported: that would take a second at every configuration.
  execute_process(
    COMMAND ${FEATC_PYTHON} -c "import importlib.util as u; print(u.find_spec('openvino').submodule_search_locations[0])"
    OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
find_package(OpenVINO QUIET CONFIG COMPONENTS Runtime HINTS "${folder}/cmake")
find_package_handle_standard_args(FeatcOpenvino REQUIRED_VARS OpenVINO_DIR VERSION_VAR OpenVINO_VERSION)
# Which of its targets is a library that lies where all of them do.
set(FeatcOpenvino_LIBRARY openvino::runtime)
if(FeatcOpenvino_FOUND AND NOT TARGET featc::openvino_libraries)
  add_library(featc::openvino_libraries INTERFACE IMPORTED)
  target_link_libraries(featc::openvino_libraries INTERFACE openvino::runtime)
endif()
