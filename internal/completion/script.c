#include "completion/script.h"

#include "base/path.h"

#include <string.h>

/* Each has the program's path, quoted, in the place of this; CMake uses the same files. */
static const char PLACEHOLDER[] = "@ULOOP_QUOTED_PROGRAM@";

static const unsigned char BASH[] = {
#include "uloop_bash.inc"
};
static const unsigned char ZSH[] = {
#include "uloop_zsh.inc"
};
static const unsigned char FISH[] = {
#include "uloop_fish.inc"
};
static const unsigned char POWERSHELL[] = {
#include "uloop_ps1.inc"
};

static const struct slice SCRIPTS[SHELL_COUNT] = {
    [SHELL_BASH] = {(const char *)BASH, sizeof(BASH)},
    [SHELL_ZSH] = {(const char *)ZSH, sizeof(ZSH)},
    [SHELL_FISH] = {(const char *)FISH, sizeof(FISH)},
    [SHELL_POWERSHELL] = {(const char *)POWERSHELL, sizeof(POWERSHELL)},
};

const char *const SHELL_NAMES[SHELL_COUNT + 1] = {
    [SHELL_BASH] = "bash",
    [SHELL_ZSH] = "zsh",
    [SHELL_FISH] = "fish",
    [SHELL_POWERSHELL] = "powershell",
};

enum shell shell_of_program(const char *path)
{
    const char *name = path ? path_name(path, PATH_NATIVE) : "";
    int shell = SHELL_BASH;
    if (strcmp(name, "pwsh") == 0)
        return SHELL_POWERSHELL;
    while (shell < SHELL_COUNT && strcmp(name, SHELL_NAMES[shell]) != 0)
        shell++;
    return (enum shell)shell;
}

/* What stands for a quote or backslash within single quotes. */
static const char *escape_of(enum shell shell, char byte)
{
    if (byte == '\'')
        return shell == SHELL_POWERSHELL ? "''" : shell == SHELL_FISH ? "\\'" : "'\\''";
    return byte == '\\' && shell == SHELL_FISH ? "\\\\" : NULL;
}

void shell_quote(enum shell shell, const char *text, struct buffer *out)
{
    buffer_append_char(out, '\'');
    for (const char *at = text; *at; at++) {
        const char *escape = escape_of(shell, *at);
        if (escape)
            buffer_append_string(out, escape);
        else
            buffer_append_char(out, *at);
    }
    buffer_append_char(out, '\'');
}

void script_build(enum shell shell, const char *program, struct buffer *out)
{
    struct slice rest = SCRIPTS[shell];
    size_t length = sizeof(PLACEHOLDER) - 1;
    while (rest.length > 0) {
        if (rest.length >= length && memcmp(rest.data, PLACEHOLDER, length) == 0) {
            shell_quote(shell, program, out);
            rest.data += length;
            rest.length -= length;
        } else {
            buffer_append_char(out, *rest.data);
            rest.data++;
            rest.length--;
        }
    }
}

/* What stands before, between and behind the two mentions of the program, and what follows. */
static const char *const LOADERS[SHELL_COUNT][4] = {
    [SHELL_BASH] = {"if [ -x ", " ]; then eval \"$(", " completion --shell bash)\"\n",
                    "elif command -v uloop >/dev/null 2>&1; then "
                    "eval \"$(uloop completion --shell bash)\"; fi\n"},
    [SHELL_ZSH] = {"if [[ -x ", " ]]; then eval \"$(", " completion --shell zsh)\"\n",
                   "elif (( $+commands[uloop] )); then "
                   "eval \"$(uloop completion --shell zsh)\"; fi\n"},
    [SHELL_FISH] = {"if test -x ", "\n    ", " completion --shell fish | source\n",
                    "else if command -q uloop\n"
                    "    uloop completion --shell fish | source\nend\n"},
    [SHELL_POWERSHELL] = {"if (Test-Path -LiteralPath ", ") {\n    & ",
                          " completion --shell powershell | Out-String | Invoke-Expression\n",
                          "} elseif (Get-Command uloop -ErrorAction SilentlyContinue) {\n"
                          "    uloop completion --shell powershell | Out-String | "
                          "Invoke-Expression\n}\n"},
};

void script_build_loader(enum shell shell, const char *program, struct buffer *out)
{
    const char *const *parts = LOADERS[shell];
    buffer_append_string(out, parts[0]);
    shell_quote(shell, program, out);
    buffer_append_string(out, parts[1]);
    shell_quote(shell, program, out);
    buffer_append_string(out, parts[2]);
    buffer_append_string(out, parts[3]);
}
