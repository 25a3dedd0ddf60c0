/*
 * The Editor of readiness.pml: what docs/protocol.md has it publish, and how it may end or stand
 * still. Its transitions are those of internal/host/lifecycle.c.
 */

inline publish(new_phase)
{
    phase = new_phase;
    is_as_seen = false;
    is_folder_event = is_folder_event || watched == HERE
}

inline stop_listening()
{
    listens = false;
    is_connected = false
}

inline end_process()
{
    stop_listening();
    is_alive = false;
    is_exit_event = is_exit_event || awaited_owner == life;
    _lived = false
}

/* One of the transitions. Each of these publishes a state that is like none before it. */
#define ON(event, condition, next) :: atomic { has_begun && (condition) -> publish(next) }

/* Only the end of a compile brings an old one back: its generation, and perhaps its time too. */
#define RESTORE_ON(event, condition, is_same_time)                                                 \
    :: atomic {                                                                                    \
           has_begun && (condition) -> publish(ready);                                             \
           is_as_seen = is_snapshot_seen && is_same_time;                                          \
           is_snapshot_seen = false                                                                \
       }

/* It goes through its phases as often as it likes. What it says first may be what one before it
 * left. */
proctype Editor()
{
    bool has_begun; /* this life has published */

start:
    atomic {
        is_alive = true;
        life++;
        has_begun = false
    };
#ifdef EVENTS_ONLY
    if
    :: d_step {
           !folder -> folder = true;
           is_folder_event = is_folder_event || watched == ABOVE
       }
    :: folder
    fi;
#endif

    do
    :: d_step { /* LIFECYCLE_START; an Editor whose server is not there may start it again */
           !has_begun || phase == stopped || phase == stopped_by_hand || phase == failed ->
           has_begun = true;
           stop_listening();
           publish(starting)
       }
    ON(LIFECYCLE_PROBED, (phase == starting || phase == recovering) && listens, ready)
    :: atomic { /* LIFECYCLE_COMPILE_BEGIN, in the words of this package or of a newer one */
           has_begun && phase == ready && listens -> is_snapshot_seen = is_as_seen;
           if
           :: publish(compiling)
           :: publish(unknown_phase)
           fi
       }
    RESTORE_ON(LIFECYCLE_COMPILE_END, phase == compiling || phase == unknown_phase, true)
    RESTORE_ON(LIFECYCLE_COMPILE_END, phase == compiling || phase == unknown_phase, false)
    ON(LIFECYCLE_RELOAD_BEGIN, phase == ready || phase == recovering, reloading)
    ON(LIFECYCLE_RELOAD_END, phase == reloading && !listens, recovering)
    ON(LIFECYCLE_RELOAD_END_WITHOUT_SERVER, phase == reloading && !listens, stopped)
    ON(LIFECYCLE_LISTENER_LOST, (phase == ready || phase == compiling) && !listens, recovering)
    ON(LIFECYCLE_FAIL, phase == starting || phase == recovering, failed)
    ON(LIFECYCLE_FAIL, phase == ready || phase == reloading, failed)
    ON(LIFECYCLE_STOP_BEGIN, phase == starting || phase == ready || phase == compiling, stopping)
    ON(LIFECYCLE_STOP_BEGIN, phase == reloading || phase == recovering, stopping)
    ON(LIFECYCLE_STOP_END, phase == stopping && !listens, stopped_by_hand)
    ON(editor-quitting, phase == ready, stopped)

    :: has_begun && (phase == starting || phase == recovering) && !listens -> listens = true
    :: d_step { /* for a reload or the end; or it is lost */
           has_begun && listens && phase != starting && phase != recovering -> stop_listening()
       }
    :: d_step { /* Unity takes Temp with it: the files */
           has_begun && phase == stopped -> publish(none)
       }
#ifdef EVENTS_ONLY
    :: d_step { /* and the folder, of which only who watches the one above is told */
           has_begun && phase == none && folder -> folder = false;
           is_folder_event = is_folder_event || watched == ABOVE;
           watched = (watched == HERE -> ANOTHER : watched)
       }
#endif
    :: atomic { end_process(); goto gone } /* as it quits, or wherever it was */
    :: has_begun && (phase == ready && listens || phase == failed || phase == stopped ||
                     phase == stopped_by_hand) ->
        goto rest
#ifndef EVENTS_ONLY
    :: goto rest /* it stands still where it is */
#endif
    od;

gone:
    has_begun = false;
    if
    :: life < MOST_LIVES -> goto start
    :: true
    fi;
rest:
    is_at_rest = true
}
