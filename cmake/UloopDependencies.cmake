# The libraries that the system provides, each as an imported target. docs/architecture.md says why these.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(LIBUV REQUIRED libuv>=1.44)

function(uloop_import target prefix static_archive shared_name)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${${prefix}_INCLUDE_DIRS})
  if(ULOOP_STATIC)
    find_library(${prefix}_ARCHIVE NAMES ${static_archive} HINTS ${${prefix}_LIBRARY_DIRS} REQUIRED)
    set(system_libraries ${${prefix}_LIBRARIES})
    list(REMOVE_ITEM system_libraries ${shared_name})
    target_link_libraries(${target} INTERFACE ${${prefix}_ARCHIVE} ${system_libraries} Threads::Threads)
  else()
    find_library(${prefix}_SHARED NAMES ${shared_name} HINTS ${${prefix}_LIBRARY_DIRS} REQUIRED)
    target_link_libraries(${target} INTERFACE ${${prefix}_SHARED} Threads::Threads)
  endif()
endfunction()

uloop_import(uloop_libuv LIBUV libuv_a.a uv)

if(BUILD_TESTING OR NOT (WIN32 OR APPLE)) # those two have a SHA-256 of their own; the tests use this one
  pkg_check_modules(LIBMD REQUIRED libmd)
  uloop_import(uloop_libmd LIBMD libmd.a md)
endif()

if(BUILD_TESTING)
  pkg_check_modules(CRITERION REQUIRED criterion)
endif()
