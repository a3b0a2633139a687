/*
 * The daemon of a control line at one of several addresses: they are tried in turn, beginning with
 * the one that answered last, until one lets itself be connected and, where the protocol has
 * greetings, greets.
 */
#ifndef QMVC_SCAN_ADDRESSES_H
#define QMVC_SCAN_ADDRESSES_H

#include "scan/engine.h"

/* Connecting is quick or does not happen; the rest of the time is for scanning. */
#define CONNECT_MS 5000

/*
 * The time for connecting to one address: never so long that the timeout has passed before the last
 * address has had its turn.
 */
unsigned address_connect_ms(const struct scanner_config *config);
/*
 * The time for connecting to one address and being greeted there, 0: no bound but the timeout. A
 * daemon that has much to do takes the connection and lets it wait for its turn, and is not gone.
 */
unsigned address_greet_ms(const struct scanner_config *config);

/* The address for people, in *text, whose line is filled in: "/run/x.sock", "host port 4010". */
void address_words(const struct scanner_address *address, struct error *text);

extern const struct engine_transport addresses_transport;

#endif
