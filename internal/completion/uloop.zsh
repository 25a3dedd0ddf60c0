#compdef uloop
# Completion of uloop for zsh, as `uloop completion --shell zsh` prints it.
# What can follow is asked of uloop itself, so that it fits the project that is meant.

_uloop() {
    local program=@ULOOP_QUOTED_PROGRAM@
    [[ -x $program ]] || program=uloop

    local -a typed items
    local line
    typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
    typed=("${(@)typed/#\~\//$HOME/}")
    for line in "${(@f)$("$program" completion --candidates -- "${(@)typed}" 2>/dev/null)}"; do
        if [[ $line == :files* ]]; then
            compset -P '--*='
            _files
            return
        fi
        [[ -n $line ]] && items+=("${line/$'\t'/:}")
    done
    _describe -V uloop items -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}'
}

if [[ $funcstack[1] == _uloop ]]; then
    _uloop "$@" # zsh took this file for the function's body, and calls it for the first time
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
    compdef _uloop uloop
fi
