# Completion of uloop for fish, as `uloop completion --shell fish` prints it.
# What can follow is asked of uloop itself, so that it fits the project that is meant.

function __uloop_candidates
    set -l program @ULOOP_QUOTED_PROGRAM@
    test -x $program; or set program uloop

    set -l before (commandline -opc | string replace -r '^~/' "$HOME/")
    set -e before[1]
    set -l current (commandline -ct)
    for line in ($program completion --candidates -- $before "$current" 2>/dev/null)
        if string match -q ':files*' -- $line
            if string match -q -- '--*=*' "$current"
                set -l option (string replace -r '=.*' '=' -- "$current")
                __fish_complete_path (string replace -r '^[^=]*=' '' -- "$current") | string replace -r '^' -- $option
            else
                __fish_complete_path "$current"
            end
        else
            echo $line
        end
    end
end

complete -c uloop -e
complete -c uloop -f -k -a '(__uloop_candidates)'
