/*
 * Sixteen bytes at once, for loops over every byte of a mail. The vector extensions that GCC and
 * clang share: the compiler makes of them what the processor has, or plain instructions where it has
 * nothing, and the result is the same everywhere. Lanes are signed, since that is what most
 * processors compare: a byte above 0x7f is less than every other.
 */
#ifndef QMVC_BASE_LANES_H
#define QMVC_BASE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES ((size_t)16)

/* Without vector registers (i386) lanes are handed on in memory; no function here is seen elsewhere. */
#pragma GCC diagnostic ignored "-Wpsabi"

/* A comparison gives -1 in a lane where it holds and 0 elsewhere. */
typedef signed char lanes __attribute__((vector_size(16)));

static inline lanes lanes_all(unsigned char byte)
{
	return (lanes){0} + (signed char)byte;
}

/* Reads LANES bytes, aligned or not. */
static inline lanes lanes_load(const unsigned char *from)
{
	lanes read;

	memcpy(&read, from, sizeof(read));
	return read;
}

static inline void lanes_store(unsigned char *to, lanes bytes)
{
	memcpy(to, &bytes, sizeof(bytes));
}

/* Is any lane not 0? */
static inline bool lanes_any(lanes bytes)
{
	uint64_t halves[2];

	memcpy(halves, &bytes, sizeof(halves));
	return (halves[0] | halves[1]) != 0;
}

#endif
