/* The seal: valid for the mail and the recipient it was made for, and for nothing else. */
#include "unit.h"

#include "react/seal.h"
#include "tmp_dir.h"

#include <unistd.h>

#define MAIL "Subject: x\n\nbody\n"

static struct envelope envelope_of(const char *recipient, const char *original)
{
	return (struct envelope){
		.recipient = slice_cstr(recipient), .original = slice_cstr(original)};
}

static int check(const char *top, const char *seal, const char *mail, const char *recipient,
	const char *original)
{
	cleanup_buf struct buf message = {0};
	struct envelope envelope = envelope_of(recipient, original);
	struct error error = {0};

	buf_addf(&message, "%s%s%s", top, seal, mail);
	return seal_check(dir, &envelope, buf_slice(&message), &error);
}

static const char *seal_for(struct buf *out, const char *recipient)
{
	struct error error = {0};

	assert_int_equal(seal_make(dir, recipient, slice_cstr(MAIL), out, &error), 0);
	return buf_cstr(out);
}

static void test_recipients(void **state)
{
	cleanup_buf struct buf full = {0}, local = {0};
	const char *seal = seal_for(&full, "a@b@H.test"), *bare = seal_for(&local, "guard");

	assert_int_equal(check("", seal, MAIL, "a@b@h.test", "a@b@h.test"), 1);
	assert_int_equal(check("", seal, MAIL, "v-a@b@h.test", "a@b@H.TEST"), 1);
	assert_int_equal(check("", seal, MAIL, "A@b@h.test", "A@b@h.test"), 0);
	assert_int_equal(check("", seal, MAIL, "a@b@h.tes", "a@b@h.tes"), 0);
	assert_int_equal(check("", seal, MAIL, "a@b", "a@b"), 0);
	assert_int_equal(check("", seal, MAIL, "", ""), 0);
	assert_int_equal(check("", bare, MAIL, "guard@any.test", "guard@any.test"), 1);
	assert_int_equal(check("", bare, MAIL, "guards@any.test", "guards@any.test"), 0);
}

static void test_mail(void **state)
{
	cleanup_buf struct buf out = {0};
	const char *seal = seal_for(&out, "g@h");
	char broken[256];

	assert_int_equal(check("Received: x\nDelivered-To: y\n", seal, MAIL, "g@h", "g@h"), 1);
	assert_int_equal(check("Subject: y\n", seal, MAIL, "g@h", "g@h"), 1);
	assert_int_equal(check("\n", seal, MAIL, "g@h", "g@h"), 0);
	assert_int_equal(check("", seal, MAIL "x", "g@h", "g@h"), 0);
	assert_int_equal(check("", seal, "X: y\n" MAIL, "g@h", "g@h"), 0);
	assert_int_equal(check("", seal, "Subject: x\n\nbodY\n", "g@h", "g@h"), 0);
	assert_int_equal(check("", "", MAIL, "g@h", "g@h"), 0);
	for (size_t i = 0; seal[i]; i++) { /* any byte of it changed */
		snprintf(broken, sizeof(broken), "%s", seal);
		broken[i] = broken[i] == 'z' ? 'y' : 'z';
		assert_int_equal(check("", broken, MAIL, "g@h", "g@h"), 0);
	}
	unlink(strcat(strcpy(broken, dir), "/key"));
	assert_int_equal(check("", seal, MAIL, "g@h", "g@h"), 0);
	assert_int_equal(access(broken, F_OK), -1); /* looking makes no key */
}

/* Three are looked at: who puts more on top makes us work no more for it. */
static void test_many(void **state)
{
	cleanup_buf struct buf out = {0}, top = {0};
	const char *seal = seal_for(&out, "g@h");

	for (int seals = 1; seals <= 4; seals++) {
		buf_addf(&top, "X-QMVC-Seal: v1 %064d\n", seals);
		assert_int_equal(
			check(buf_cstr(&top), seal, MAIL, "g@h", "g@h"), seals < 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_dir(test_recipients),
		in_dir(test_mail),
		in_dir(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
