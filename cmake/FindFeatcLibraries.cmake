# The libraries that Debian ships without a CMake package, as imported targets featc::NAME.

include(FindPackageHandleStandardArgs)

function(featc_import NAME HEADER LIBRARY)
  find_path(FEATC_${NAME}_INCLUDE ${HEADER})
  find_library(FEATC_${NAME}_LIBRARY ${LIBRARY})
  mark_as_advanced(FEATC_${NAME}_INCLUDE FEATC_${NAME}_LIBRARY)
  if(FEATC_${NAME}_INCLUDE AND FEATC_${NAME}_LIBRARY AND NOT TARGET featc::${NAME})
    add_library(featc::${NAME} UNKNOWN IMPORTED)
    set_target_properties(featc::${NAME} PROPERTIES
      IMPORTED_LOCATION ${FEATC_${NAME}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${FEATC_${NAME}_INCLUDE})
  endif()
endfunction()

featc_import(xxhash xxhash.h xxhash)
featc_import(farmhash farmhash.h farmhash)
featc_import(murmurhash murmurhash.h murmurhash)
featc_import(sleef sleef.h sleef)
featc_import(re2 re2/re2.h re2)
featc_import(utf8proc utf8proc.h utf8proc)
featc_import(cctz cctz/time_zone.h cctz)
# Only metrics need it. Its own CMake package wants all that its other parts need.
featc_import(prometheus prometheus/registry.h prometheus-cpp-core)
featc_import(zstd zstd.h zstd)

set(featc_library_variables
  FEATC_xxhash_LIBRARY FEATC_farmhash_LIBRARY FEATC_murmurhash_LIBRARY FEATC_sleef_LIBRARY
  FEATC_re2_LIBRARY FEATC_utf8proc_LIBRARY FEATC_cctz_LIBRARY FEATC_zstd_LIBRARY)

if(FEATC_STORES)
  featc_import(hiredis hiredis/hiredis.h hiredis)
  featc_import(event_core event2/event.h event_core)
  featc_import(event_extra event2/dns.h event_extra)
  featc_import(lmdb lmdb.h lmdb)
  list(APPEND featc_library_variables
    FEATC_hiredis_LIBRARY FEATC_event_core_LIBRARY FEATC_event_extra_LIBRARY FEATC_lmdb_LIBRARY)
endif()

# TFRecord files come from the program only, which needs the compiler.
if(FEATC_COMPILER)
  featc_import(protobuf_lite google/protobuf/io/coded_stream.h protobuf-lite)
  featc_import(isal isa-l/crc.h isal)
  list(APPEND featc_library_variables FEATC_protobuf_lite_LIBRARY FEATC_isal_LIBRARY)
endif()

find_package_handle_standard_args(FeatcLibraries REQUIRED_VARS ${featc_library_variables})
