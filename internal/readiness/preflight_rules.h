/*
 * The rules of the readiness decision, one after the other: the first whose states, owners and
 * endpoints hold what was observed decides. Explained in docs/architecture.md, "The readiness
 * decision".
 *
 * There is no guard: whoever includes this defines RULE and the words used below before. That are
 * preflight.c, and the model in docs/model/readiness.pml, which so checks these rules and no copy
 * of them.
 */

/* clang-format off */
/*   state                    owner          endpoint       action */

RULE(STATE(FAILED),           ANY,           ANY,
     FAIL(E_STATE_FAILED, "the Editor reports that its server failed"))
RULE(STATE(UNREADABLE),       ANY,           ANY,
     FAIL(E_STATE_UNREADABLE, "the state file does not parse"))
RULE(STATE(STOPPED_FOR_GOOD), ANY,           ANY,
     FAIL(E_STOPPED, "the server was stopped"))
RULE(ANY,                     ANY,           POINT(DENIED),
     FAIL(E_ENDPOINT_DENIED, "the system refuses the socket to this process"))
RULE(ANY,                     ANY,           POINT(FOREIGN),
     FAIL(E_ENDPOINT_FOREIGN, "another user's process listens there"))
RULE(STATE(STOPPED),          ANY,           ANY,
     WAIT_AT_MOST(STOPPED_GRACE_MS, E_STOPPED, "a starting Editor has 2 s to say otherwise"))

RULE(BUSY | OTHER,            OWNER(UNSEEN), ANY,
     LOOK_OWNER("whether to wait depends on who wrote the state"))
RULE(BUSY | OTHER,            OWNER(GONE),   POINT(UNSEEN),
     PROBE("the owner is gone: only the endpoint can prove otherwise"))
RULE(BUSY | OTHER,            OWNER(GONE),   POINT(ANSWERS),
     DISPATCH("the endpoint answers: the owner was missed"))
RULE(BUSY,                    OWNER(GONE),   POINT(DEAD),
     FAIL(E_STATE_STALE, "nobody is left who could finish what the state says"))
RULE(BUSY,                    OWNER(GONE),   POINT(SILENT),
     WAIT("the endpoint accepts: somebody is there and still busy"))
RULE(BUSY,                    LIVES,         ANY,
     WAIT("the Editor is busy and will say when it is ready"))

RULE(OTHER,                   LIVES,         POINT(UNSEEN),
     PROBE("an unknown phase: only the endpoint tells whether it is ready"))
RULE(OTHER,                   LIVES,         POINT(ANSWERS),
     DISPATCH("an unknown phase, and the endpoint answers"))
RULE(OTHER,                   LIVES,         ANY,
     WAIT("an unknown phase of an Editor that does not answer yet"))

/* What is left: ready and absent, and an unknown phase whose owner is gone. */
RULE(ANY,                     ANY,           POINT(UNSEEN),
     DISPATCH("nothing prevents it"))
RULE(ANY,                     ANY,           POINT(ANSWERS),
     DISPATCH("the endpoint answers"))
RULE(ANY,                     ANY,           POINT(SILENT),
     FAIL(E_NOT_ANSWERING, "the Editor accepts, and its main thread does not answer"))
RULE(ANY,                     OWNER(UNSEEN), POINT(DEAD),
     LOOK_OWNER("whether to try again depends on whether the Editor lives"))
RULE(ANY,                     OWNER(GONE),   POINT(DEAD),
     FAIL(E_NOT_REACHABLE, "no Editor has this project open"))
RULE(ANY,                     LIVES,         POINT(DEAD),
     RETRY(REFUSED_RETRY_MS, E_NOT_REACHABLE, "the Editor lives: it has 10 s to listen again"))
/* clang-format on */
