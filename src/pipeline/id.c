/* The id of a delivery; see id.h. */
#include "pipeline/id.h"

#include <errno.h>
#include <sys/random.h>

#define TIME_DIGITS 9

static void digits(uint64_t value, char *text, int count)
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuv";

	while (count-- > 0) {
		text[count] = alphabet[value & 31];
		value >>= 5;
	}
}

int id_make(int64_t wall_ms, char id[ID_SIZE])
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -EIO;
	digits((uint64_t)wall_ms, id, TIME_DIGITS);
	digits(random, id + TIME_DIGITS, ID_SIZE - 1 - TIME_DIGITS);
	id[ID_SIZE - 1] = 0;
	return 0;
}
