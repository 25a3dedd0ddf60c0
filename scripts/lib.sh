# shellcheck shell=bash
# What the scripts share. Sourced by them, never run.

# The project's root, wherever the caller stands.
# shellcheck disable=SC2034 # used by the scripts that source this
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")

# A short heading for the part that follows.
heading() {
    printf '\n== %s\n' "$*"
}

# Ends the script with a message on standard error.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Runs a command that says much when all is well. Its output is shown only when it fails.
quietly() {
    local output status=0
    output=$("$@" 2>&1) || status=$?
    if [ "$status" -ne 0 ]; then
        printf '%s\n' "$output" >&2
    fi
    return "$status"
}
