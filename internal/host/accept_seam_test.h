#ifndef ULOOP_HOST_ACCEPT_SEAM_TEST_H
#define ULOOP_HOST_ACCEPT_SEAM_TEST_H

/* Stands between libuv and the system, in the test program's own process: accepting fails as often
 * as the test says, and works again then. */
struct accept_seam {
    int faults; /* still to come */
    int reason; /* errno of each */
    int told;   /* how many were */
};

extern struct accept_seam accept_seam;

#endif
