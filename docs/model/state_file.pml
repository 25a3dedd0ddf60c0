/*
 * The state file as a model for spin: a writer that rotates it, dies at any step and starts again,
 * as an Editor or as a host; `uloop fix`; and a command that reads it all the time. What is shown
 * and how it is run: README.md beside it. Names are those of internal/readiness/state.c, internal/host/state_store.c and
 * docs/protocol.md.
 *
 * Variables that only the assertions read, and the assumptions, begin with an underscore.
 */

#define MOST_STATES 4 /* how often the writers publish, together */
#define MOST_LIVES  2 /* how many processes, one after the other, are the project's writer */
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
bool is_alive; /* the writer's process */
bool is_host;  /* it is a host, which takes serve.lock; an Editor takes none */

mtype = { NOBODY, HOST, FIX };
mtype lock = NOBODY; /* who holds serve.lock */

bool _is_looking; /* state_read() is under way */
byte _rotations;  /* how often .bak was removed since it began */
bool _deleted;    /* the state was deleted since then */
bool _died;       /* a writer died since then */
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

/* What a process that ends lets go of. */
inline end_writer()
{
    is_alive = false;
    lock = (is_host -> NOBODY : lock);
    is_host = false;
    _died = _is_looking
}

proctype Writer()
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
                d_step { /* fails where fix took the target meanwhile */
                    backup = (target != 0 -> target : backup);
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
            d_step { end_writer() }
        od
    } unless {
        !is_alive
    };

    if
    :: atomic { /* an Editor; none dies and is replaced within one look */
           lives < MOST_LIVES && !_died -> is_alive = true;
           lives++;
           goto start
       }
    :: atomic { /* a host: claim_take() */
           lives < MOST_LIVES && !_died && lock == NOBODY -> is_alive = true;
           is_host = true;
           lock = HOST;
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
           is_alive -> end_writer()
       }
    :: true -> break
    od
}

/* Are all names as the look saw them, but for what was removed since? */
#ifdef BREAK_FIX_REMOVES_WHAT_IT_HAS_NOT_SEEN
#define IS_UNCHANGED(file, seen) true
#else
#ifdef BREAK_FIX_COMPARES_ONLY_WHAT_IT_REMOVES
#define IS_UNCHANGED(file, seen) (file == seen)
#else
#define IS_UNCHANGED(file, seen)                                                                   \
    (target == seen_target && pending == seen_pending && backup == seen_backup)
#endif
#endif

inline remove(file, seen)
{
    _deleted = _deleted || file == CURRENT;
    file = 0;
    seen = 0;
    note()
}

/* To compare is one step and to remove another. With the lock no host lives to take one in between;
 * that no Editor does is an assumption. */
inline remove_seen(file, seen)
{
    if
    :: d_step { file != 0 && IS_UNCHANGED(file, seen) -> remove(file, seen) }
#ifdef BREAK_FIX_TAKES_NO_LOCK
    :: file != 0 && IS_UNCHANGED(file, seen) ->
        if
        :: d_step { is_alive && is_host -> remove(file, seen) }
        :: true
        fi
#endif
    :: else
    fi
}

/* recovery_run(). Its look comes not within the look in which the writer died. What is older goes
 * first: the rest is still the state, or none. */
proctype Fix()
{
    byte seen_target, seen_pending, seen_backup;

#ifndef BREAK_FIX_TAKES_NO_LOCK
    if
    :: atomic { lock == NOBODY -> lock = FIX }
    :: goto end_unused /* refused: another process holds it */
    fi;
#endif
    d_step { /* identify() */
        seen_target = target;
        seen_pending = pending;
        seen_backup = backup
    };
    if
    :: !is_alive && !_died
    :: goto release /* refused: the owner lives */
    fi;
#ifdef BREAK_FIX_REMOVES_THE_TARGET_FIRST
    remove_seen(target, seen_target);
#endif
    remove_seen(backup, seen_backup);
    remove_seen(pending, seen_pending);
    remove_seen(target, seen_target);
release:
    atomic {
        lock = (lock == FIX -> NOBODY : lock);
        seen_target = 0;
        seen_pending = 0;
        seen_backup = 0
    };
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
        run Writer();
        run Crash();
        run Fix();
        run Command()
    }
}
