# What every file of the project is compiled with. Warnings are errors; third_party/ is exempt.

add_library(uloop_options INTERFACE)

if(MSVC)
  target_compile_options(uloop_options INTERFACE /W4 /WX /utf-8)
else()
  target_compile_options(uloop_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wformat=2 -Wundef -Wvla -Werror
    -fno-common -fvisibility=hidden -ffunction-sections -fdata-sections
    # The same sources give the same bytes, wherever they lie.
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.")
endif()

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  # struct ucred, pidfd_open and the like; ISO C otherwise.
  target_compile_definitions(uloop_options INTERFACE _GNU_SOURCE)
elseif(WIN32)
  # Windows 10, for BCryptHash(). MinGW's headers have gmtime_r() and C99's %zu by the names of POSIX only.
  target_compile_definitions(uloop_options INTERFACE
    _WIN32_WINNT=0x0A00 _POSIX_C_SOURCE=200809L __USE_MINGW_ANSI_STDIO=1)
endif()

set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
