#pragma once
#include <libpq-fe.h>
// What wakes the driver's I/O thread.
#include <sys/eventfd.h>

// Of libssl, which libpq speaks TLS with: how many decrypted bytes it holds. Its whole header would be a second copy
// of COpenSSL's.
struct ssl_st;
int SSL_pending(const struct ssl_st *ssl);
