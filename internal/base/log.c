#include "base/log.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

enum {
    PRIVATE_FILE = 0600
};

enum log_level log_level_named(const char *name)
{
    if (name && strcmp(name, "debug") == 0)
        return LOG_DEBUG;
    if (name && strcmp(name, "trace") == 0)
        return LOG_TRACE;
    return LOG_OFF;
}

FILE *log_open(const char *path, struct error *error)
{
    uv_fs_t request;
    const int flags =
        UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_APPEND | UV_FS_O_NONBLOCK | UV_FS_O_NOCTTY;
    int file = uv_fs_open(NULL, &request, path, flags, PRIVATE_FILE, NULL);
    uv_fs_req_cleanup(&request);
    FILE *stream = file < 0 ? NULL : fdopen(file, "a");
    if (!stream)
        error_set(error, E_SYSTEM, "Cannot open the log file %s: %s.", path,
                  uv_strerror(file < 0 ? file : UV_ENOMEM));
    return stream;
}

static void replace_control_characters(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at; at++) {
        bool second_of_control = at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F; /* U+0080… */
        if (*at == '\n' || *at == '\r' || *at == '\t')
            *at = ' ';
        else if (*at < ' ' || *at == 0x7F)
            *at = '?';
        else if (second_of_control)
            at[0] = at[1] = '?';
    }
}

PRINTF_LIKE(3, 0)
static void write_line(struct log *log, enum log_level level, const char *format, va_list arguments)
{
    if (!log || log->level < level)
        return;
    char *text = memory_format_list(format, arguments);
    replace_control_characters(text);
    int64_t now_us = clock_wall_us();
    time_t now_s = (time_t)(now_us / 1000000);
    struct tm utc = {0};
    char time_text[32] = "";
    if (gmtime_r(&now_s, &utc))
        (void)strftime(time_text, sizeof(time_text), "%Y-%m-%dT%H:%M:%S", &utc);
    /* One call a line, so that lines of several processes on one terminal do not mix. */
    int length = fprintf(log->stream, "%s.%03ldZ [%d] %s\n", time_text,
                         (long)(now_us / 1000 % 1000), (int)uv_os_getpid(), text);
    (void)fflush(log->stream);
    if (log->on_line && length > 0)
        log->on_line(log, (size_t)length);
    free(text);
}

void log_debug(struct log *log, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(log, LOG_DEBUG, format, arguments);
    va_end(arguments);
}

void log_trace(struct log *log, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(log, LOG_TRACE, format, arguments);
    va_end(arguments);
}
