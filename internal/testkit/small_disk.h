#ifndef ULOOP_TESTKIT_SMALL_DISK_H
#define ULOOP_TESTKIT_SMALL_DISK_H

/* The room that a small disk has. */
#define SMALL_DISK_BYTES 65536

/*
 * Makes the folder a disk of its own that is soon full, for the test's process and the programs it
 * starts from now on. NULL where the system does not permit it.
 */
struct small_disk *small_disk_new(const char *folder);

/* Takes the disk away; before the folder is removed. NULL is fine. */
void small_disk_free(struct small_disk *disk);

#endif
