/* Histograms in a few bytes: what comes back is what was given, and no bytes do harm. */
#include "unit.h"

#include "report/histogram_blob.h"

#include <stdlib.h>

static uint64_t dice(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 20;
}

static struct histogram *some(unsigned count, unsigned shift)
{
	struct histogram *histogram = calloc(1, sizeof(*histogram));
	uint64_t seed = count;

	assert_non_null(histogram);
	for (unsigned i = 0; i < count; i++)
		histogram_add(histogram, dice(&seed) >> (i % shift));
	return histogram;
}

static void test_back(void **state)
{
	static const unsigned counts[] = {0, 1, 2, 1000, 100000};

	for (unsigned i = 0; i < 5; i++) {
		struct histogram *given = some(counts[i], 44), *back = some(3, 2);
		cleanup_buf struct buf packed = {0};

		histogram_pack(given, &packed);
		assert_false(packed.failed);
		assert_true(packed.len < 8000);
		assert_true(histogram_unpack(buf_slice(&packed), back));
		assert_memory_equal(given, back, sizeof(*given));
		free(given);
		free(back);
	}
}

/* Each length of a good one, each byte of it changed, something behind it. */
static void test_damaged(void **state)
{
	struct histogram *given = some(50, 44), *back = some(0, 1);
	cleanup_buf struct buf packed = {0};
	unsigned refused = 0;

	histogram_pack(given, &packed);
	for (size_t length = 0; length < packed.len; length++)
		assert_false(histogram_unpack(slice_make(packed.data, length), back));
	for (size_t at = 0; at < packed.len; at++) {
		for (unsigned change = 1; change < 256; change++) {
			packed.data[at] ^= (unsigned char)change;
			refused += !histogram_unpack(buf_slice(&packed), back);
			packed.data[at] ^= (unsigned char)change;
		}
	}
	assert_true(refused > packed.len * 128);
	buf_add_byte(&packed, 0);
	assert_false(histogram_unpack(buf_slice(&packed), back));
	free(given);
	free(back);
}

static bool fits(const void *bytes, size_t length)
{
	struct histogram *back = some(0, 1);
	bool fit = histogram_unpack(slice_make(bytes, length), back);

	free(back);
	return fit;
}

/* One duration of 0 us; what is done to it contradicts it. */
static void test_contradictions(void **state)
{
	unsigned char good[23] = {1, 0, 0, 0, 1};
	unsigned char bad[40];

	good[21] = 1; /* the first cell */
	good[22] = 1;
	assert_true(fits(good, 23));
	memcpy(bad, good, 23);
	bad[0] = 2; /* a later form */
	assert_false(fits(bad, 23));
	memcpy(bad, good, 23);
	bad[1] = 9; /* least above greatest */
	assert_false(fits(bad, 23));
	memcpy(bad, good, 23);
	bad[4] = 2; /* within says two */
	assert_false(fits(bad, 23));
	memcpy(bad, good, 23);
	bad[21] = 0; /* no distance */
	assert_false(fits(bad, 23));
	memcpy(bad, good, 23);
	bad[22] = 0; /* nothing in the cell */
	assert_false(fits(bad, 23));
	memcpy(bad, good, 23);
	bad[22] = 0x81; /* 1 in two bytes */
	bad[23] = 0;
	assert_false(fits(bad, 24));
	memcpy(bad, good, 21);
	bad[21] = 0xc1; /* HISTOGRAM_CELLS + 1 */
	bad[22] = 0x11;
	bad[23] = 1;
	assert_int_equal(HISTOGRAM_CELLS, 0x11 << 7 | 0x40);
	assert_false(fits(bad, 24));
	bad[21] = 0xc0; /* the last cell: there is one */
	bad[4] = 1;
	assert_true(fits(bad, 24));
	memcpy(bad, good, 22);
	memset(bad + 22, 0xff, 9); /* 2^64 - 1 of them */
	bad[31] = 1;
	assert_false(fits(bad, 32));
	bad[31] = 2; /* more than 64 bits */
	assert_false(fits(bad, 32));
}

static void test_random(void **state)
{
	struct histogram *back = some(0, 1);
	unsigned char bytes[64];
	uint64_t seed = 42;

	for (unsigned i = 0; i < 200000; i++) {
		size_t length = dice(&seed) % sizeof(bytes);

		for (size_t j = 0; j < length; j++)
			bytes[j] = (unsigned char)dice(&seed);
		bytes[0] = 1;
		if (histogram_unpack(slice_make(bytes, length), back))
			assert_true(histogram_quantile(back, 500) <= back->greatest);
	}
	free(back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
