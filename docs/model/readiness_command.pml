/*
 * The command of readiness.pml: wait_for_dispatch() in internal/readiness/wait.c, with its looks
 * (look.c) and its watch (watch.c).
 */

mtype = {
    PREFLIGHT_ABSENT, PREFLIGHT_UNREADABLE, PREFLIGHT_BUSY, PREFLIGHT_READY, PREFLIGHT_STOPPED,
    PREFLIGHT_STOPPED_FOR_GOOD, PREFLIGHT_FAILED, PREFLIGHT_OTHER
};
mtype = {
    PREFLIGHT_OWNER_UNSEEN, PREFLIGHT_OWNER_ALIVE, PREFLIGHT_OWNER_GONE, PREFLIGHT_OWNER_UNKNOWN
};
mtype = {
    PREFLIGHT_ENDPOINT_UNSEEN, PREFLIGHT_ENDPOINT_ANSWERS, PREFLIGHT_ENDPOINT_DEAD,
    PREFLIGHT_ENDPOINT_DENIED, PREFLIGHT_ENDPOINT_FOREIGN, PREFLIGHT_ENDPOINT_SILENT
};
mtype = {
    PREFLIGHT_DISPATCH, PREFLIGHT_LOOK_OWNER, PREFLIGHT_PROBE, PREFLIGHT_WAIT, PREFLIGHT_RETRY,
    PREFLIGHT_FAIL
};
mtype = {
    E_NONE, E_STATE_FAILED, E_STATE_UNREADABLE, E_STATE_STALE, E_STOPPED, E_NOT_REACHABLE,
    E_ENDPOINT_DENIED, E_ENDPOINT_FOREIGN, E_NOT_ANSWERING, E_READY_TIMEOUT
};

/* The words of preflight_rules.h. */
#define ANY                          true
#define STATE(name)                  (seen_state == PREFLIGHT_##name)
#define OWNER(name)                  (seen_owner == PREFLIGHT_OWNER_##name)
#define POINT(name)                  (seen_endpoint == PREFLIGHT_ENDPOINT_##name)
#define BUSY                         STATE(BUSY)
#define OTHER                        STATE(OTHER)
#define LIVES                        (OWNER(ALIVE) | OWNER(UNKNOWN))
#define DISPATCH(why)                action = PREFLIGHT_DISPATCH
#define LOOK_OWNER(why)              action = PREFLIGHT_LOOK_OWNER
#define PROBE(why)                   action = PREFLIGHT_PROBE
#define WAIT(why)                    action = PREFLIGHT_WAIT
#define WAIT_AT_MOST(ms, error, why) action = PREFLIGHT_WAIT; has_limit = true; code = error
#define RETRY(ms, error, why)        action = PREFLIGHT_RETRY; has_limit = true; code = error
#define FAIL(error, why)             action = PREFLIGHT_FAIL; code = error
#define RULE(states, owners, endpoints, decision)                                                  \
    if                                                                                             \
    :: rule == 0 && (states) && (owners) && (endpoints) -> rule = __LINE__; decision               \
    :: else                                                                                        \
    fi;

/* The loop turns once, whatever it is for: events that came are taken out of the kernel. */
inline turn_loop()
{
    d_step {
#ifndef BREAK_FORGETS_EVENTS
        has_changed = has_changed || is_folder_event || is_exit_event;
#endif
        has_owner_exited = has_owner_exited || is_exit_event;
        is_folder_event = false;
        is_exit_event = false
    }
}

/* Is the state on disk the one of the last look? wait_state_is_unchanged(): absence is like absence,
 * whatever was there in between. */
#define IS_UNCHANGED (is_as_seen || STATE(ABSENT) && phase == none)

/* wait_connect(): is_connected, or seen_endpoint says why not. The loop turns for it. */
inline connect()
{
    if
    :: atomic { listens -> turn_loop(); is_connected = true }
    :: atomic { /* its queue is full */
           listens -> turn_loop();
           seen_endpoint = PREFLIGHT_ENDPOINT_SILENT;
           goto decide
       }
    :: atomic {
           !listens -> turn_loop();
           seen_endpoint = PREFLIGHT_ENDPOINT_DEAD;
           goto decide
       }
    :: atomic { seen_endpoint = PREFLIGHT_ENDPOINT_DENIED; goto decide }
    :: atomic { seen_endpoint = PREFLIGHT_ENDPOINT_FOREIGN; goto decide }
#ifndef EVENTS_ONLY
    :: atomic { is_deadline_over -> goto pause_briefly } /* a silence that is cut short says nothing */
#endif
    fi
}

/* No conclusion outlives the observation it was drawn from. */
inline forget()
{
    d_step {
        seen_state = none;
#ifndef BREAK_KEEPS_AN_OLD_LOOK_AT_THE_OWNER
        seen_owner = PREFLIGHT_OWNER_UNSEEN;
#endif
        seen_endpoint = PREFLIGHT_ENDPOINT_UNSEEN;
        rule = 0;
        code = E_NONE;
        has_limit = false;
        is_connected = false;
        is_as_seen = false;
        is_snapshot_seen = false;
        _missed = false;
        _lived = false
    }
}

/* Its variables are those of struct wait. */
proctype Command()
{
    /* What is forgotten before each look. */
    mtype seen_state;
    mtype seen_owner = PREFLIGHT_OWNER_UNSEEN;
    mtype seen_endpoint;
    short rule;         /* its line in preflight_rules.h */
    mtype action, code; /* what it says */
    bool has_limit;
    bool has_changed; /* watch.changed: the loop told of something since the look */
    bool _missed;     /* the look for the owner did not find the one that lives */

    /* What is not. */
    byte owner_pid;        /* of a living owner */
    bool has_owner_exited; /* watch.owner_exited */
    bool has_run;          /* an earlier look found another state than stopped */
    byte tries;            /* to read a state that cannot be read */
    short rule_before;     /* that of the last sleep, if it has a limit */

look: /* wait_look() */
    atomic {
        action = none;
        forget();
        has_changed = false;
        d_step {
            _lived = is_alive;
            is_as_seen = true
        };
        if
        :: true ->
            tries = 0
#ifndef EVENTS_ONLY
        :: phase != none -> /* a sharing violation, or a writer that does not rotate */
            tries++;
            if
            :: tries < TRIES -> goto pause_briefly
            :: else -> tries = 0
            fi;
            seen_state = PREFLIGHT_UNREADABLE;
            goto decide
#endif
        fi;
        d_step { /* classify() */
            if
            :: phase == none -> seen_state = PREFLIGHT_ABSENT
            :: SAYS_BUSY -> seen_state = PREFLIGHT_BUSY
            :: phase == ready -> seen_state = PREFLIGHT_READY
            :: phase == failed -> seen_state = PREFLIGHT_FAILED
            :: phase == unknown_phase -> seen_state = PREFLIGHT_OTHER
            :: phase == stopped_by_hand -> seen_state = PREFLIGHT_STOPPED_FOR_GOOD
            :: phase == stopped ->
                seen_state = (has_run -> PREFLIGHT_STOPPED_FOR_GOOD : PREFLIGHT_STOPPED)
            fi;
            has_run = has_run || seen_state == PREFLIGHT_BUSY || seen_state == PREFLIGHT_READY
        }
    };

decide: /* preflight_decide(), and where that leads */
    atomic {
        rule = 0;
#include "../../internal/readiness/preflight_rules.h"
        assert(rule != 0);
        if
        :: action == PREFLIGHT_LOOK_OWNER
        :: action == PREFLIGHT_PROBE -> goto probe
        :: action == PREFLIGHT_DISPATCH -> goto try_dispatch
        :: action == PREFLIGHT_FAIL -> goto fail
        :: (action == PREFLIGHT_WAIT || action == PREFLIGHT_RETRY) -> goto sleep_under
        fi;
        if /* wait_look_owner(): is it still watched? */
        :: owner_pid != 0 && awaited_owner == owner_pid && !has_owner_exited ->
            seen_owner = PREFLIGHT_OWNER_ALIVE;
            goto decide
        :: else
        fi
    };
    if /* owner_find() */
    :: d_step {
           is_alive -> owner_pid = life;
           seen_owner = PREFLIGHT_OWNER_ALIVE
       }
    :: d_step {
           !is_alive -> owner_pid = 0;
           seen_owner = PREFLIGHT_OWNER_GONE
       }
#ifndef EVENTS_ONLY
    :: d_step { /* it lives where it cannot be seen */
           is_alive -> owner_pid = 0;
           seen_owner = PREFLIGHT_OWNER_GONE;
           _missed = true
       }
    :: d_step { /* the system does not let us look */
           owner_pid = 0;
#ifdef BREAK_TAKES_AN_UNKNOWN_OWNER_FOR_GONE
           seen_owner = PREFLIGHT_OWNER_GONE
#else
           seen_owner = PREFLIGHT_OWNER_UNKNOWN
#endif
       }
#endif
    fi;
    atomic { /* watch_owner() */
        if
        :: owner_pid != awaited_owner ->
            awaited_owner = owner_pid;
            is_exit_event = false;
            has_owner_exited = owner_pid != 0 && !(is_alive && life == owner_pid);
            has_changed = has_changed || has_owner_exited
        :: else
        fi;
        goto decide
    };

probe: /* wait_probe() */
    connect();
    if
    :: atomic {
           is_connected -> turn_loop();
           seen_endpoint = PREFLIGHT_ENDPOINT_ANSWERS
       }
    :: atomic {
           !is_connected -> turn_loop();
           seen_endpoint = PREFLIGHT_ENDPOINT_DEAD
       }
    :: atomic { /* no answer in time */
           IS_UNCHANGED -> turn_loop();
           seen_endpoint = PREFLIGHT_ENDPOINT_SILENT
       }
    :: atomic { !IS_UNCHANGED -> turn_loop(); goto pause_briefly }
#ifndef EVENTS_ONLY
    :: atomic { is_deadline_over -> goto pause_briefly }
#endif
    fi;
    atomic {
        is_connected = false;
        goto decide
    };

try_dispatch:
    connect();
    atomic { /* what becomes busy between this look and the sending, the server has to refuse */
#ifndef BREAK_DISPATCHES_WITHOUT_A_SECOND_LOOK
        if
        :: IS_UNCHANGED
        :: else -> goto pause_briefly
        fi;
#endif
        /* No dispatch while the state is busy; but where the owner was missed, and the endpoint
         * itself says that it takes requests. */
        assert(!SAYS_BUSY || _missed && POINT(ANSWERS));
        code = E_NONE;
        goto ended
    };

fail:
    atomic {
#ifndef BREAK_FAILS_WITHOUT_A_SECOND_LOOK
        if
        :: IS_UNCHANGED
        :: else -> goto pause_briefly
        fi;
#endif
        /* Every error says what is so. */
        assert(IS_UNCHANGED);
        assert(code != E_STATE_STALE || !_lived || _missed);
        assert(code != E_NOT_REACHABLE || !_lived || _missed);
        goto ended
    };

sleep_under:
#ifndef BREAK_LOOKS_AGAIN_BEFORE_IT_MINDS_THE_DEADLINE
    if
    :: atomic { is_deadline_over -> code = E_READY_TIMEOUT; goto ended }
    :: !is_deadline_over
    fi;
#endif
    if /* watch_arm() */
#ifdef EVENTS_ONLY
    :: atomic {
           watched != (folder -> HERE : ABOVE) -> watched = (folder -> HERE : ABOVE);
#ifndef BREAK_SLEEPS_WITHOUT_A_LOOK_BEHIND_THE_ARMING
           goto look
#endif
       }
    :: watched == (folder -> HERE : ABOVE)
#else
    :: goto look /* it moved, or something changed */
    :: true
#endif
    fi;
    atomic {
        if
        :: has_changed -> goto look
        :: else
        fi;
        if /* sleep_until() */
        :: (has_limit -> rule : 0) != rule_before ->
            rule_before = (has_limit -> rule : 0);
            is_limit_running = has_limit;
            is_limit_over = false
        :: else
        fi;
        if
        :: is_limit_over -> goto ended
        :: is_deadline_over && !is_limit_over -> code = E_READY_TIMEOUT; goto ended
        :: else
        fi;
        forget()
    };
    if /* wait_sleep() */
    :: atomic { is_folder_event || is_exit_event -> turn_loop(); goto look }
    :: atomic { is_limit_over -> goto look }
    :: atomic { is_deadline_over -> goto look }
    :: atomic { action == PREFLIGHT_RETRY -> goto look } /* the pause is over */
#ifndef EVENTS_ONLY
    :: goto look /* an event, or the safety look */
#endif
    fi;

pause_briefly: /* the state changed while one looked elsewhere: no sleep, but an end */
    atomic {
        action = none;
        forget()
    };
    if
    :: atomic { is_deadline_over -> code = E_READY_TIMEOUT; goto ended }
    :: atomic { !is_deadline_over -> goto look }
    fi;

ended:
    atomic {
        is_over = true;
        /* wait_close() */
        watched = NOTHING;
        is_folder_event = false;
        awaited_owner = 0;
        is_exit_event = false;
        is_limit_running = false;
        is_limit_over = false;
        rule_before = 0;
        owner_pid = 0;
        has_owner_exited = false;
        has_changed = false;
        has_run = false;
        action = none;
        forget()
    }
}
