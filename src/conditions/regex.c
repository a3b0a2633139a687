/*
 * PCRE2 behind a small door; see regex.h. It is loaded by hand: most profiles have no expression, and
 * what is linked is paid for by every mail. The interpreter is used and not the JIT: qmvc is started
 * for each mail, and compiling to machine code costs more than it saves on texts of common size.
 * Nor does a process that reads hostile mail want memory that is both writable and executable.
 *
 * PCRE2's own limits count backtracking points for each starting place, so an expression that is
 * merely quadratic (`[a-z]+@`) passes under them and still takes minutes on a megabyte. So callouts
 * are compiled in before each item, where the processor time is looked at now and then; between two
 * callouts PCRE2 does at most one linear run.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "conditions/regex.h"

#include <dlfcn.h>
#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>
#include <time.h>

/* The name whose types this was compiled with. */
#define LIBRARY "libpcre2-8.so.0"

#define CALLOUTS_PER_LOOK 64	   /* a look at the clock is a system call */
#define MATCH_LIMIT	  10000000 /* backtracking points for one starting place */
#define HEAP_LIMIT_KB	  (64 * 1024)

#define CALLS(X) \
	X(code_free) \
	X(compile) \
	X(compile_context_create) \
	X(compile_context_free) \
	X(get_error_message) \
	X(get_ovector_pointer) \
	X(match) \
	X(match_context_create) \
	X(match_context_free) \
	X(match_data_create) \
	X(match_data_free) \
	X(set_callout) \
	X(set_heap_limit) \
	X(set_match_limit) \
	X(set_newline)

/* PCRE2's functions, by their names and with their types; there from the first expression on. */
static struct library {
#define DECLARE(name) __typeof__(&pcre2_##name##_8) name;
	CALLS(DECLARE)
#undef DECLARE
	bool loaded;
} re;

struct regex {
	pcre2_code *code;
};

struct watch {
	uint64_t deadline_us; /* of this process's processor time */
	unsigned callouts;
};

static uint64_t cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int look_at_clock(pcre2_callout_block *block, void *context)
{
	struct watch *watch = context;

	if (++watch->callouts % CALLOUTS_PER_LOOK != 0)
		return 0;
	return cpu_us() > watch->deadline_us ? PCRE2_ERROR_CALLOUT : 0;
}

static int load(struct error *error)
{
	void *handle;

	if (re.loaded)
		return 0;
	handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return error_set(error, -ENOENT, "%s", dlerror());
#define FIND(name) \
	re.name = (__typeof__(&pcre2_##name##_8))dlsym(handle, "pcre2_" #name "_8"); \
	if (!re.name) \
		return error_set(error, -ENOENT, "%s: no pcre2_%s in it", LIBRARY, #name);
	CALLS(FIND)
#undef FIND
	re.loaded = true;
	return 0;
}

static int compile_error(int code, size_t offset, struct slice pattern, const char *path,
	unsigned line, struct error *error)
{
	PCRE2_UCHAR message[256];

	re.get_error_message(code, message, sizeof(message));
	return error_set(error, -EINVAL, "%s:%u: '/%.*s/': %s at offset %zu", path, line,
		(int)(pattern.len < 400 ? pattern.len : 400), (const char *)pattern.data,
		(const char *)message, offset);
}

int regex_compile(struct slice pattern, bool ignorecase, const char *path, unsigned line,
	struct regex **regex, struct error *error)
{
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_MULTILINE |
			   PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C;
	pcre2_compile_context *context;
	struct regex *made;
	size_t offset = 0;
	int code = PCRE2_ERROR_NOMEMORY, failed = load(error);

	if (failed)
		return failed;
	context = re.compile_context_create(NULL);
	made = calloc(1, sizeof(*made));
	if (context && made) {
		re.set_newline(context, PCRE2_NEWLINE_ANYCRLF);
		made->code = re.compile(pattern.data ? pattern.data : (PCRE2_SPTR) "",
			pattern.len, options | (ignorecase ? PCRE2_CASELESS : 0), &code, &offset,
			context);
	}
	re.compile_context_free(context);
	if (!made || !made->code) {
		free(made);
		/* PCRE2 numbers its compile errors from 100; 121 is want of memory. */
		if (code == PCRE2_ERROR_NOMEMORY || code == PCRE2_ERROR_HEAP_FAILED)
			return error_set_errno(error, -ENOMEM, "%s:%u", path, line);
		return compile_error(code, offset, pattern, path, line, error);
	}
	*regex = made;
	return 0;
}

static int run(
	const struct regex *regex, struct slice text, struct watch *watch, pcre2_match_data *data)
{
	pcre2_match_context *context = re.match_context_create(NULL);
	int code;

	if (!context)
		return PCRE2_ERROR_NOMEMORY;
	re.set_match_limit(context, MATCH_LIMIT);
	re.set_heap_limit(context, HEAP_LIMIT_KB);
	re.set_callout(context, look_at_clock, watch);
	code = re.match(regex->code, text.data ? text.data : (PCRE2_SPTR) "", text.len, 0, 0,
		data, context);
	re.match_context_free(context);
	return code;
}

int regex_search(const struct regex *regex, struct slice text, struct regex_budget *budget,
	struct slice *found)
{
	uint64_t start = cpu_us(), used;
	struct watch watch = {.deadline_us = start + budget->left_us};
	pcre2_match_data *data;
	const size_t *at;
	int code;

	if (budget->left_us == 0)
		return REGEX_LIMIT;
	data = re.match_data_create(1, NULL);
	if (!data)
		return -ENOMEM;
	code = run(regex, text, &watch, data);
	used = cpu_us() - start;
	budget->left_us = used < budget->left_us ? budget->left_us - used : 0;
	at = re.get_ovector_pointer(data);
	if (code >= 0 && at[0] <= at[1])
		*found = slice_make(text.data + at[0], at[1] - at[0]);
	else if (code >= 0) /* \K behind the end: matched, but spans nothing */
		*found = slice_make(text.data + at[1], 0);
	re.match_data_free(data);
	if (code >= 0)
		return REGEX_FOUND;
	switch (code) {
	case PCRE2_ERROR_NOMATCH:
		return REGEX_NONE;
	case PCRE2_ERROR_NOMEMORY:
		return -ENOMEM;
	default: /* a limit, the clock, or a recursion that the text drives in a circle */
		return REGEX_LIMIT;
	}
}

void regex_free(struct regex *regex)
{
	if (!regex)
		return;
	re.code_free(regex->code);
	free(regex);
}
