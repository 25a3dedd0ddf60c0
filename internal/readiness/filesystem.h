#ifndef ULOOP_READINESS_FILESYSTEM_H
#define ULOOP_READINESS_FILESYSTEM_H

/*
 * Why a folder's file system is known to lose file events (NFS, SMB, FUSE, 9P: another machine may
 * change it), in words for `uloop status`; NULL where events can be relied on, and where the system
 * does not tell.
 */
const char *filesystem_without_events(const char *folder);

#endif
