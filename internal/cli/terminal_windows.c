#include "cli/terminal.h"

#include <io.h>
#include <windows.h>

bool terminal_is(FILE *stream)
{
    return _isatty(_fileno(stream)) != 0;
}

size_t terminal_columns(FILE *stream)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    HANDLE handle = (HANDLE)_get_osfhandle(_fileno(stream));
    if (!GetConsoleScreenBufferInfo(handle, &info))
        return TERMINAL_USUAL_COLUMNS;
    return (size_t)(info.srWindow.Right - info.srWindow.Left + 1);
}
