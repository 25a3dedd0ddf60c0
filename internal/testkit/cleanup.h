#ifndef ULOOP_TESTKIT_CLEANUP_H
#define ULOOP_TESTKIT_CLEANUP_H

/*
 * What a test leaves when it fails half-way: Criterion ends the test's process in the ordinary way
 * then, and everything registered here is released, the youngest first. So a test need not release
 * what testkit made, and must only where the release itself matters.
 */
void cleanup_register(void (*release)(void *thing), void *thing);

/* Releases nothing: says that `thing` was released already. */
void cleanup_forget(void *thing);

#endif
