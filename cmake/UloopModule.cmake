# uloop_module(<name> SOURCES <file>... [DEPENDS <module or target>...] [TESTS <file>...])
#
# One folder of internal/: a static library uloop_<name> of its sources, and a test program <name>_tests of its tests,
# which CTest runs under the module's name. DEPENDS names other modules bare (base) and targets in full (uloop_libuv).
function(uloop_module name)
  cmake_parse_arguments(PARSE_ARGV 1 MODULE "" "" "SOURCES;DEPENDS;TESTS")
  add_library(uloop_${name} STATIC ${MODULE_SOURCES})
  target_include_directories(uloop_${name} PUBLIC ${PROJECT_SOURCE_DIR}/internal)
  target_link_libraries(uloop_${name} PRIVATE uloop_options)
  foreach(dependency IN LISTS MODULE_DEPENDS)
    if(NOT dependency MATCHES "^uloop_")
      set(dependency uloop_${dependency})
    endif()
    target_link_libraries(uloop_${name} PUBLIC ${dependency})
  endforeach()
  if(MODULE_TESTS)
    uloop_test(${name} SOURCES ${MODULE_TESTS} DEPENDS uloop_${name})
  endif()
endfunction()

# Put before the names of tests. The presets put their own name, so that one CTest run over several
# build folders (scripts/test) tells them apart.
set(ULOOP_TEST_PREFIX "" CACHE STRING "Put before the names of tests")

# uloop_test(<name> SOURCES <file>... DEPENDS <target>...): a Criterion program that CTest runs as <name>.
# It may use internal/testkit, and finds the fixtures through ULOOP_TESTDATA and the built program through ULOOP_PROGRAM.
function(uloop_test name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 TEST "" "" "SOURCES;DEPENDS")
  add_executable(${name}_tests ${TEST_SOURCES} ${PROJECT_SOURCE_DIR}/internal/testkit/leaks.c)
  target_include_directories(${name}_tests SYSTEM PRIVATE ${CRITERION_INCLUDE_DIRS})
  target_link_libraries(${name}_tests PRIVATE uloop_options ${TEST_DEPENDS} uloop_testkit
    ${CRITERION_LINK_LIBRARIES})
  target_compile_definitions(${name}_tests PRIVATE
    ULOOP_TESTDATA="${PROJECT_SOURCE_DIR}/testdata"
    ULOOP_PROGRAM="$<TARGET_FILE:uloop>"
    ULOOP_BUILD_FOLDER="${PROJECT_BINARY_DIR}")
  # What a Criterion test is expanded to declares no prototype for its function.
  target_compile_options(${name}_tests PRIVATE -Wno-missing-prototypes)
  add_test(NAME ${ULOOP_TEST_PREFIX}${name} COMMAND ${name}_tests)
  # Criterion counts a test as passed before its process ends, which is when leaks are found.
  set_tests_properties(${ULOOP_TEST_PREFIX}${name} PROPERTIES
    FAIL_REGULAR_EXPRESSION "Sanitizer: ")
endfunction()

# uloop_program(<target>): links a program as it is shipped, which is statically in a release.
function(uloop_program target)
  target_link_libraries(${target} PRIVATE uloop_options)
  if(ULOOP_STATIC AND NOT APPLE AND NOT MSVC)
    # -no-pie: a program at a fixed address has no relocations to work off before main().
    # --no-warnings: glibc warns of getpwuid_r inside libuv, which nothing here calls.
    target_compile_options(${target} PRIVATE -fno-pie)
    target_link_options(${target} PRIVATE -static -no-pie -s
      -Wl,--gc-sections -Wl,--build-id=none -Wl,--no-warnings)
  endif()
endfunction()
