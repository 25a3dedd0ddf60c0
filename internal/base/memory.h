#ifndef ULOOP_BASE_MEMORY_H
#define ULOOP_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/* Lets the compiler check a printf-like function's arguments. */
#if defined(__MINGW32__)
#include <stdio.h> /* which says whose formats printf() takes here */
#define PRINTF_LIKE(format_index, first_argument)                                                  \
    __attribute__((format(__MINGW_PRINTF_FORMAT, format_index, first_argument)))
#elif defined(__GNUC__)
#define PRINTF_LIKE(format_index, first_argument)                                                  \
    __attribute__((format(printf, format_index, first_argument)))
#else
#define PRINTF_LIKE(format_index, first_argument)
#endif

/*
 * Memory for the program's own small things. None of these returns NULL: when the system has no
 * memory left they print an INTERNAL_ERROR envelope on standard error and end the process with exit
 * code 7. Whatever is sized by input (a frame, a file) goes through buffer_reserve(), which reports
 * instead. The caller frees with free().
 */
void *memory_new(size_t size); /* zero-filled */
void *memory_resize(void *block, size_t size);
char *memory_copy_string(const char *text);                /* NULL gives NULL */
char *memory_copy_bytes(const char *bytes, size_t length); /* adds a terminating NUL */
char *memory_format(const char *format, ...) PRINTF_LIKE(1, 2);
char *memory_format_list(const char *format, va_list arguments) PRINTF_LIKE(1, 0);

/* Says that there is no memory left and ends the process, as above. */
_Noreturn void memory_exhausted(void);

#endif
