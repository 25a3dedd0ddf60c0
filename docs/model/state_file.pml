/*
 * The state file as a model for spin: an Editor that rotates it, dies at any step and starts again,
 * `uloop fix`, and a command that reads it all the time. What is shown and how it is run: README.md
 * beside it. Names are those of internal/readiness/state.c, internal/host/state_store.c and
 * docs/protocol.md.
 *
 * Variables that only the assertions read, and the assumptions, begin with an underscore.
 */

#define MOST_STATES 6 /* how often the Editors publish, together */
#define MOST_LIVES  3 /* how many processes, one after the other, are the project's Editor */
#define PASSES      3 /* of a look: 16 in the code, where the writer may be faster */

/* How often the writer gets through the removal of .bak while somebody reads. With one more it can
 * show to each pass a target that is missing and a .tmp that is gone. */
#ifdef BREAK_LETS_THE_WRITER_BE_FASTER
#define ROTATIONS_IN_A_LOOK PASSES
#else
#define ROTATIONS_IN_A_LOOK (PASSES - 1)
#endif

/* server-state.json, .tmp and .bak: which state the file holds, 0 where there is none. States are
 * numbered as they are written. Nobody reads .tmp.write. */
byte target, pending, backup;
byte written; /* states so far */
byte lives;
bool is_alive; /* the Editor's process */
bool is_fixing;

bool _is_looking; /* state_read() is under way */
byte _rotations;  /* how often .bak was removed since it began */
bool _deleted;    /* the state was deleted since then */
bool _died;       /* an Editor died since then */
byte _newest;     /* the youngest that has been the state */

/* What is the state: what a reader takes where nobody writes meanwhile. */
#define CURRENT (target != 0 -> target : (pending != 0 -> pending : backup))

inline note()
{
    _newest = (CURRENT > _newest -> CURRENT : _newest)
}

inline remove_backup()
{
    d_step {
        _rotations < ROTATIONS_IN_A_LOOK -> _rotations = (_is_looking -> _rotations + 1 : 0);
        backup = 0
    }
}

proctype Editor()
{
start:
    {
        /* recover() in state_store.c. Its third case, only a .bak, is none that a writer leaves: it
         * has completed .tmp before it moves the target away. */
        if
        :: target != 0 ->
            remove_backup();
            pending = 0
        :: target == 0 && pending != 0 ->
            d_step {
                target = pending;
                pending = 0
            };
            remove_backup()
        :: target == 0 && pending == 0
        fi;

        /* rotate() in state_store.c */
        do
        :: written < MOST_STATES ->
            d_step { /* .tmp.write becomes .tmp */
                written++;
                pending = written;
                note()
            };
            if
            :: target != 0 ->
                remove_backup();
                d_step {
                    backup = target;
                    target = 0;
                    note()
                }
            :: target == 0
            fi;
            d_step {
                target = pending;
                pending = 0
            }
        :: true -> /* it quits */
            d_step {
                is_alive = false;
                _died = _is_looking
            }
        od
    } unless {
        !is_alive
    };

    if
    :: atomic { /* no Editor dies and is replaced within one look */
           lives < MOST_LIVES && !_died && !is_fixing -> is_alive = true;
           lives++;
           goto start
       }
    :: true
    fi
}

proctype Crash()
{
    do
    :: d_step {
           is_alive -> is_alive = false;
           _died = _is_looking
       }
    :: true -> break
    od
}

/* recovery_remove(), once nobody uses the state; not within the look in which the Editor died. What
 * is older goes first: the rest is still the state, or none. */
proctype Fix()
{
    if
    :: atomic { !is_alive && !_died -> is_fixing = true }
    :: goto end_unused
    fi;
#ifdef BREAK_FIX_REMOVES_THE_TARGET_FIRST
    target = 0;
#endif
    backup = 0;
    d_step {
        _deleted = _deleted || target == 0;
        pending = 0
    };
    d_step {
        _deleted = true;
        target = 0
    };
    is_fixing = false;
end_unused:
    skip
}

/* A command's looks, one after the other. To open a file is one step: who has it open reads it
 * whole, whatever becomes of its name. */
proctype Command()
{
    byte found, before, pass, _oldest;

end_look: /* state_read() */
    atomic {
        pass = 0;
        _is_looking = true;
        _deleted = false;
        _oldest = CURRENT
    };
    do /* read_live() */
#ifdef BREAK_TAKES_BAK_WITHOUT_LOOKING_AT_THE_TARGET_AGAIN
    :: pass < 1 ->
#else
    :: pass < PASSES ->
#endif
        d_step {
            pass++;
            found = target
        };
        if
        :: found != 0 -> break
        :: else
        fi;
        found = pending;
        if
        :: found != 0 ->
#ifndef BREAK_TAKES_TMP_WITHOUT_LOOKING_AT_THE_TARGET_AGAIN
            found = (target != 0 -> target : found);
#endif
            break
        :: else
        fi
    :: else ->
        found = backup;
        break
    od;
    atomic {
        /* Never older than what was the state when the look began, so never older than what was
         * read before it, and never absent while there is a state. Only a deletion leads to
         * absence. */
        assert(found >= _oldest || found == 0 && _deleted);
        assert(found >= before || found == 0);
        /* Never what was not published yet. */
        assert(found <= _newest);
        before = found;
        found = 0;
        _is_looking = false;
        _rotations = 0;
        _died = false
    };
    goto end_look
}

init
{
    atomic {
        is_alive = true;
        lives = 1;
        run Editor();
        run Crash();
        run Fix();
        run Command()
    }
}
