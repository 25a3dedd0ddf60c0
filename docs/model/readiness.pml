/*
 * The readiness decision as a model for spin: an Editor that publishes its state and may end or
 * stand still at any moment, and a command that looks, decides, waits and dispatches. What is shown
 * and how it is run: README.md beside it. Names are those of internal/readiness,
 * internal/host/lifecycle.c and docs/protocol.md.
 *
 * A look at the state is one step here: that it may be is what state_file.pml shows.
 *
 * There are two worlds. In the one, with EVENTS_ONLY, nothing but events wakes the command: there is
 * neither a deadline nor a safety look, state and processes can be looked at, and the Editor comes to
 * rest only where its lifecycle does. A wake-up that is lost there is lost for ever. In the other,
 * anything may wake it at any time, the Editor may stand still anywhere, looks may fail, and there
 * is a deadline.
 *
 * Variables that only the assertions read begin with an underscore.
 */

#ifdef EVENTS_ONLY
#define MOST_LIVES 2 /* how many processes, one after the other, are the project's Editor */
#else
#define MOST_LIVES 1
#endif
#define TRIES 2 /* STATE_READ_TRIES: 20 in the code */

/* Phases; of one, the reason makes two. */
mtype = {
    none, starting, compiling, reloading, recovering, stopping, ready, stopped, stopped_by_hand,
    failed, unknown_phase
};

#define SAYS_BUSY                                                                                  \
    (phase == starting || phase == compiling || phase == reloading || phase == recovering ||       \
     phase == stopping)

/* --- The world that both see --- */

mtype phase = none; /* what the state file says; none: there is no such file */
bool folder;        /* there is a Temp/UnityCliLoop */
bool is_alive;      /* the Editor's process */
byte life;          /* its pid */
bool listens;
bool is_at_rest; /* the Editor will do nothing any more */

/* What the command has seen and what it holds, as far as the Editor's doings tell on it. */
bool is_as_seen;       /* the state is still that of the last look */
bool is_snapshot_seen; /* so was the one from before the compile, and nothing was looked at since */
bool is_connected;
bool _lived; /* one and the same has lived since the command last looked */

/* What the kernel keeps for the command until its loop turns. */
mtype = { NOTHING, HERE, ABOVE, ANOTHER };
mtype watched = NOTHING; /* the folder; the nearest one above it; one that is gone since */
bool is_folder_event;
byte awaited_owner; /* the life whose exit is wanted; 0 for none */
bool is_exit_event;

bool is_deadline_over;
bool is_limit_running, is_limit_over; /* of the rule under which the command sleeps */
bool is_over;                         /* the wait has ended */

#include "readiness_editor.pml"
#include "readiness_command.pml"

/* --- Time --- */

/* The limit of a rule, which runs while one sleeps under it. */
proctype Limit()
{
end:
    do
    :: d_step { is_limit_running && !is_limit_over -> is_limit_over = true }
    od
}

#ifndef EVENTS_ONLY
proctype Deadline()
{
    is_deadline_over = true
}
#endif

init
{
    atomic {
        run Editor();
        run Command();
#ifndef EVENTS_ONLY
        run Deadline();
#endif
        run Limit()
    }
}

#ifdef EVENTS_ONLY
ltl rest_ends_every_wait { <> is_at_rest -> <> is_over }
#else
ltl every_wait_ends { <> is_over }
#endif
