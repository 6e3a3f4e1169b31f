#pragma once
#include <libpq-fe.h>
// What wakes the driver's I/O thread.
#include <sys/eventfd.h>
