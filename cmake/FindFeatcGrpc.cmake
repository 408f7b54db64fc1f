# gRPC's C++ library as the target featc::grpc_libraries. Its own CMake package wants the compiler of protobuf messages
# too, which nothing here needs.

include(FindPackageHandleStandardArgs)

find_path(FEATC_GRPC_INCLUDE grpcpp/generic/async_generic_service.h)
find_library(FEATC_GRPCPP_LIBRARY grpc++)
find_library(FEATC_GRPC_LIBRARY grpc)
find_library(FEATC_GPR_LIBRARY gpr)
mark_as_advanced(FEATC_GRPC_INCLUDE FEATC_GRPCPP_LIBRARY FEATC_GRPC_LIBRARY FEATC_GPR_LIBRARY)
find_package_handle_standard_args(FeatcGrpc
  REQUIRED_VARS FEATC_GRPC_INCLUDE FEATC_GRPCPP_LIBRARY FEATC_GRPC_LIBRARY FEATC_GPR_LIBRARY)
if(FeatcGrpc_FOUND AND NOT TARGET featc::grpc_libraries)
  add_library(featc::grpcpp UNKNOWN IMPORTED)
  set_target_properties(featc::grpcpp PROPERTIES
    IMPORTED_LOCATION ${FEATC_GRPCPP_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${FEATC_GRPC_INCLUDE})
  add_library(featc::grpc_libraries INTERFACE IMPORTED)
  target_link_libraries(featc::grpc_libraries INTERFACE featc::grpcpp ${FEATC_GRPC_LIBRARY} ${FEATC_GPR_LIBRARY})
endif()
set(FeatcGrpc_LIBRARY featc::grpcpp)
