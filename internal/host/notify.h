#ifndef ULOOP_HOST_NOTIFY_H
#define ULOOP_HOST_NOTIFY_H

#include "base/log.h"

/*
 * Tells the service manager that started this process how it is: "READY=1", "STOPPING=1". It is
 * told through the datagram socket that NOTIFY_SOCKET names, as systemd does for a unit with
 * Type=notify (sd_notify(3)). Where nothing is named, nobody is told; where telling fails, the log
 * is. Never waits. Windows has no such thing.
 */
void notify_manager(const char *message, struct log *log);

#endif
