# libarrow and libparquet as the target featc::arrow_files_libraries: those of the system, else those inside the
# pyarrow package of FEATC_PYTHON, which scripts/setup installs in build/venv.

include(FindPackageHandleStandardArgs)

find_package(Arrow QUIET CONFIG)
find_package(Parquet QUIET CONFIG)
if(TARGET Arrow::arrow_shared AND TARGET Parquet::parquet_shared)
  set(FeatcArrow_WHERE "${Arrow_DIR}")
  set(libraries Arrow::arrow_shared Parquet::parquet_shared)
  set(FeatcArrow_LIBRARY Arrow::arrow_shared)
else()
  set(FEATC_PYTHON ${PROJECT_SOURCE_DIR}/build/venv/bin/python CACHE FILEPATH "A Python that has pyarrow")
  if(EXISTS ${FEATC_PYTHON})
    # Not imported: that would take a second at every configuration.
    execute_process(
      COMMAND ${FEATC_PYTHON} -c "import importlib.util as u; print(u.find_spec('pyarrow').submodule_search_locations[0])"
      OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  # Versions in the names change together.
  file(GLOB arrow "${folder}/libarrow.so.*")
  file(GLOB parquet "${folder}/libparquet.so.*")
  if(folder AND arrow AND parquet AND EXISTS ${folder}/include/arrow/api.h)
    set(FeatcArrow_WHERE ${folder})
    foreach(name arrow parquet)
      list(GET ${name} 0 file)
      if(NOT TARGET featc::wheel_${name})
        add_library(featc::wheel_${name} SHARED IMPORTED)
        set_target_properties(featc::wheel_${name} PROPERTIES
          IMPORTED_LOCATION ${file}
          INTERFACE_INCLUDE_DIRECTORIES ${folder}/include)
      endif()
    endforeach()
    set(libraries featc::wheel_parquet featc::wheel_arrow)
    set(FeatcArrow_LIBRARY featc::wheel_arrow)
  endif()
endif()

find_package_handle_standard_args(FeatcArrow REQUIRED_VARS FeatcArrow_WHERE)
if(FeatcArrow_FOUND AND NOT TARGET featc::arrow_files_libraries)
  add_library(featc::arrow_files_libraries INTERFACE IMPORTED)
  target_link_libraries(featc::arrow_files_libraries INTERFACE ${libraries})
endif()
