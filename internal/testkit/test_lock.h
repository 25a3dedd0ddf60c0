#ifndef ULOOP_TESTKIT_TEST_LOCK_H
#define ULOOP_TESTKIT_TEST_LOCK_H

/* Who a lock belongs to. */
enum test_lock_owner {
    TEST_LOCK_OURS,    /* the test's process */
    TEST_LOCK_NOBODYS, /* no process that has a pid, as when it is in another namespace */
};

/*
 * Locks a file as uloop's hosts and launches do, making it and its folder when they are missing.
 * Returns the descriptor that holds the lock until it is closed.
 */
int test_lock_hold(const char *path, enum test_lock_owner owner);

#endif
