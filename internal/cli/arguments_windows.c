#include "cli/arguments.h"

#include "base/memory.h"

#include <windows.h>

#include <shellapi.h>

/* An unpaired surrogate becomes U+FFFD. */
static char *utf8_of(const wchar_t *text)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *utf8 = memory_new(size > 0 ? (size_t)size : 1);
    (void)WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, size, NULL, NULL);
    return utf8;
}

char **arguments_as_utf8(int *argc, char **argv)
{
    int count;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
    if (!wide)
        return argv;
    char **arguments = memory_new(((size_t)count + 1) * sizeof(*arguments));
    for (int i = 0; i < count; i++)
        arguments[i] = utf8_of(wide[i]);
    (void)LocalFree(wide);
    *argc = count;
    return arguments;
}
