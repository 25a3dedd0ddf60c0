# Completion of uloop for bash, as `uloop completion --shell bash` prints it.
# What can follow is asked of uloop itself, so that it fits the project that is meant.

_uloop() {
    local program=@ULOOP_QUOTED_PROGRAM@
    [ -x "$program" ] || program=uloop

    # Bash cuts words at '=', which uloop does not: put --name, = and value together again.
    local words=() word index last=-1 joins=
    for ((index = 1; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]//[\"\'\\]/}
        if [ -n "$joins" ]; then
            words[last]+=$word
            joins=
        elif [ "$word" = = ] && [ "$last" -ge 0 ] && [[ ${words[last]} == --* ]]; then
            words[last]+='='
            joins=yes
        else
            words[++last]=${word/#\~\//$HOME/}
        fi
    done
    local current=${words[last]} before=
    [[ $current == --*=* ]] && before=${current%%=*}=

    COMPREPLY=()
    local candidate
    while IFS=$'\t' read -r candidate _; do
        if [ "$candidate" = :files ]; then
            compopt -o default 2>/dev/null ||
                while IFS= read -r candidate; do
                    COMPREPLY+=("$candidate")
                done < <(compgen -f -- "${current#"$before"}")
        else
            COMPREPLY+=("${candidate#"$before"}")
        fi
    done < <("$program" completion --candidates -- "${words[@]}" 2>/dev/null)
}

complete -F _uloop uloop
