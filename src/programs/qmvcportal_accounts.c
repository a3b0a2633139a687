/*
 * Who there is: what control/virtualdomains and users/assign name, each address of it resolved as
 * qmail would, and then brought together by account: ten thousand domains of one user are one row.
 * An account is a user and a home, because users/assign gives one user many homes (a directory for
 * each domain).
 *
 * An account's pages are in ~/qmvc/html (`qmvc -u`), else where the state of its uid is
 * (control/profile.h): in the home's own html/ when the home is its, else in users/UID/html.
 */
#include "programs/qmvcportal.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "control/local_user.h"
#include "control/virtualdomains.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define FILE_LIMIT ((size_t)16 << 20)

struct mapping {
	struct local_user user;
	bool nobody;
	bool is_local; /* not a domain, but a line of users/assign */
	struct slice address;
	size_t account; /* index */
};

struct mappings {
	struct portal *portal;
	struct arena *arena;
	struct users_assign assign;
	struct virtualdomains domains;
	struct mapping *items;
	size_t count;
	uid_t base_uid;
};

/* --- reading --------------------------------------------------------------- */

/* The file `name` of qmail's; empty when it is missing. */
static int read_file(struct mappings *mappings, const char *name, struct slice *text,
	const char **path, struct error *error)
{
	cleanup_buf struct buf content = {0};
	int result;

	*path = arena_printf(
		mappings->arena, "%s/%s", mappings->portal->reporting.profile.qmail, name);
	if (!*path)
		return error_set_errno(error, -ENOMEM, "%s", name);
	result = fd_read_file(AT_FDCWD, *path, FILE_LIMIT, &content);
	*text = SLICE_EMPTY;
	if (result == -ENOENT)
		return 1;
	if (result)
		return error_set_errno(error, result, "%s", *path);
	*text = arena_copy(mappings->arena, buf_slice(&content));
	return text->data ? 0 : error_set_errno(error, -ENOMEM, "%s", *path);
}

static int read_files(struct mappings *mappings, struct error *error)
{
	const char *path;
	struct slice text;
	int result = read_file(mappings, "users/assign", &text, &path, error);

	if (result == 0)
		result = users_assign_parse(mappings->arena, text, path, &mappings->assign, error);
	if (result < 0)
		return result;
	result = read_file(mappings, "control/virtualdomains", &text, &path, error);
	if (result == 0)
		result = virtualdomains_parse(
			mappings->arena, text, path, &mappings->domains, error);
	return result < 0 ? result : 0;
}

/* --- whose each is --------------------------------------------------------- */

/* The local part that mail for the address gets, or of a whole domain what all of them begin with. */
static struct slice local_part(struct arena *arena, const struct virtualdomain *domain)
{
	size_t at = slice_find_byte(domain->address, '@', 0);
	struct slice before =
		at < domain->address.len ? slice_first(domain->address, at) : SLICE_EMPTY;

	return slice_cstr(
		arena_printf(arena, "%.*s-%.*s", SLICE_ARGS(domain->prepend), SLICE_ARGS(before)));
}

/* "example.org", "*.example.org" for all below it, "*" for all. */
static struct slice shown_address(struct arena *arena, struct slice address)
{
	if (address.len > 0 && address.data[0] != '.')
		return address;
	return slice_cstr(arena_printf(arena, "*%.*s", SLICE_ARGS(address)));
}

static int add_domains(struct mappings *mappings)
{
	const struct mapping *last = NULL;
	struct slice last_local = SLICE_EMPTY;

	for (size_t i = 0; i < mappings->domains.count; i++) {
		const struct virtualdomain *domain = &mappings->domains.items[i];
		struct mapping *one = &mappings->items[mappings->count];
		struct slice local;
		int result = 0;

		if (domain->prepend.len == 0)
			continue; /* an exception: no virtual domain */
		local = local_part(mappings->arena, domain);
		*one = (struct mapping){.address = shown_address(mappings->arena, domain->address)};
		if (!local.data || !one->address.data)
			return -ENOMEM;
		if (last && slice_eq(local, last_local)) {
			one->user = last->user;
			one->nobody = last->nobody;
		} else {
			result = local_user_find(
				&mappings->assign, local, mappings->arena, &one->user);
		}
		if (result < 0)
			return result;
		if (result > 0) {
			one->nobody = true;
			one->user.name = arena_cstr(mappings->arena, domain->prepend);
			one->user.home = "/";
		}
		if (!one->user.name)
			return -ENOMEM;
		last = one;
		last_local = local;
		mappings->count++;
	}
	return 0;
}

static int add_assigned(struct mappings *mappings)
{
	for (size_t i = 0; i < mappings->assign.count; i++) {
		const struct assigned *line = &mappings->assign.items[i];
		struct slice local = line->local;

		if (line->wildcard)
			local = slice_cstr(
				arena_printf(mappings->arena, "%.*s*", SLICE_ARGS(local)));
		if (!local.data)
			return -ENOMEM;
		mappings->items[mappings->count++] = (struct mapping){
			.user = {line->user, line->home, line->uid, line->gid},
			.is_local = true,
			.address = local,
		};
	}
	return 0;
}

/* Those of an account side by side, its domains first. */
static int in_order(const void *a, const void *b)
{
	const struct mapping *one = a, *other = b;
	struct slice x = one->address, y = other->address;
	int order;

	if (one->nobody != other->nobody)
		return one->nobody ? 1 : -1;
	if (one->user.uid != other->user.uid)
		return one->user.uid < other->user.uid ? -1 : 1;
	order = strcmp(one->user.home, other->user.home);
	if (order == 0 && one->nobody)
		order = strcmp(one->user.name, other->user.name);
	if (order)
		return order;
	if (one->is_local != other->is_local)
		return one->is_local ? 1 : -1;
	order = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);
	return order ? order : x.len < y.len ? -1 : x.len > y.len;
}

static bool is_same(const struct mapping *one, const struct mapping *other)
{
	return one->nobody == other->nobody && one->user.uid == other->user.uid &&
	       strcmp(one->user.home, other->user.home) == 0 &&
	       (!one->nobody || strcmp(one->user.name, other->user.name) == 0);
}

/* --- their pages ----------------------------------------------------------- */

/* "bob" at /home/bob; "vmail-example.org" at /home/vmail/example.org. */
static const char *label_of(struct arena *arena, const struct local_user *user)
{
	struct slice home = slice_cstr(user->home), last;
	size_t at;

	while (home.len > 0 && home.data[home.len - 1] == '/')
		home.len--;
	for (at = home.len; at > 0 && home.data[at - 1] != '/'; at--)
		;
	last = slice_from(home, at);
	if (last.len == 0 || slice_eq_cstr(last, user->name))
		return user->name;
	return arena_printf(arena, "%s-%.*s", user->name, SLICE_ARGS(last));
}

/* Two homes of one user may lead to the same users/UID/html. Returns its index, or `count`. */
static size_t find_html(const struct portal *portal, uid_t uid, const char *html)
{
	for (size_t i = portal->count; i-- > 1 && portal->accounts[i].uid == uid;)
		if (strcmp(portal->accounts[i].html, html) == 0)
			return i;
	return portal->count;
}

/* users/UID/html, or the home's own. Returns 0 with *index set, or -ENOMEM. */
static int look_at_state(struct mappings *mappings, struct portal_account *account, size_t *index)
{
	struct portal *portal = mappings->portal;
	const char *nothing = account->html;
	const char *users = arena_printf(mappings->arena, "%s/users", portal->base);
	char uid[24];
	int result;

	if (account->uid == mappings->base_uid) {
		*index = 0;
		return 0;
	}
	snprintf(uid, sizeof(uid), "%lu", (unsigned long)account->uid);
	result = users ? portal_look(portal, users, uid, account) : -ENOMEM;
	if (result)
		return result;
	if (account->state == PORTAL_NOTHING)
		account->html = nothing;
	*index = find_html(portal, account->uid, account->html);
	return 0;
}

/* The account of `mapping`, which is new. */
static int add_account(struct mappings *mappings, struct mapping *mapping)
{
	struct portal *portal = mappings->portal;
	struct portal_account *account = &portal->accounts[portal->count];
	const char *own = arena_printf(mappings->arena, "%s/qmvc", mapping->user.home);
	size_t index = portal->count;
	int result;

	*account = (struct portal_account){.label = label_of(mappings->arena, &mapping->user),
		.uid = mapping->user.uid,
		.gid = mapping->user.gid,
		.html = "",
		.state = PORTAL_NOBODY};
	if (!account->label || !own)
		return -ENOMEM;
	if (!mapping->nobody) {
		result = portal_look(portal, mapping->user.home, "qmvc", account);
		if (result == 0 && account->state == PORTAL_NOTHING)
			result = look_at_state(mappings, account, &index);
		if (result)
			return result;
	}
	if (index == portal->count)
		portal->count++;
	mapping->account = index;
	return 0;
}

/* The local parts of who has domains are those domains' once more: they say nothing new. */
static int give_addresses(struct mappings *mappings)
{
	struct portal *portal = mappings->portal;
	size_t *domains = arena_array(mappings->arena, portal->count, sizeof(*domains));

	if (!domains)
		return -ENOMEM;
	for (size_t i = 0; i < mappings->count; i++) {
		portal->accounts[mappings->items[i].account].address_count++;
		domains[mappings->items[i].account] += !mappings->items[i].is_local;
	}
	for (size_t i = 0; i < portal->count; i++) {
		struct portal_account *account = &portal->accounts[i];

		account->addresses = arena_array(
			mappings->arena, account->address_count + 1, sizeof(struct slice));
		if (!account->addresses)
			return -ENOMEM;
		account->address_count = 0;
	}
	for (size_t i = 0; i < mappings->count; i++) {
		const struct mapping *one = &mappings->items[i];
		struct portal_account *account = &portal->accounts[one->account];

		if (!one->is_local || domains[one->account] == 0)
			account->addresses[account->address_count++] = one->address;
	}
	return 0;
}

static int add_accounts(struct mappings *mappings)
{
	struct portal *portal = mappings->portal;
	int result;

	portal->accounts =
		arena_array(mappings->arena, mappings->count + 1, sizeof(*portal->accounts));
	if (!portal->accounts)
		return -ENOMEM;
	portal->accounts[0] = (struct portal_account){.label = "", .uid = mappings->base_uid};
	portal->count = 1;
	result = portal_look(portal, portal->base, NULL, &portal->accounts[0]);
	for (size_t i = 0; result == 0 && i < mappings->count; i++) {
		struct mapping *one = &mappings->items[i];

		if (i > 0 && is_same(one, one - 1))
			one->account = one[-1].account;
		else
			result = add_account(mappings, one);
	}
	return result ? result : give_addresses(mappings);
}

static int by_label(const void *a, const void *b)
{
	const struct portal_account *one = a, *other = b;
	int order = strcmp(one->label, other->label);

	return order ? order : strcmp(one->html, other->html);
}

static int find_base(struct mappings *mappings, struct error *error)
{
	struct portal *portal = mappings->portal;
	cleanup_free char *path = realpath(portal->reporting.base, NULL);
	struct stat status;

	if (!path || stat(path, &status) < 0)
		return error_set_errno(error, -errno, "%s", portal->reporting.base);
	mappings->base_uid = status.st_uid;
	portal->base = arena_cstr(mappings->arena, slice_cstr(path));
	return portal->base ? 0 : error_set_errno(error, -ENOMEM, "%s", path);
}

int portal_accounts_read(struct portal *portal, struct error *error)
{
	struct mappings mappings = {.portal = portal, .arena = &portal->reporting.arena};
	int result = find_base(&mappings, error);

	if (result == 0)
		result = read_files(&mappings, error);
	if (result)
		return result;
	mappings.items = arena_array(mappings.arena,
		mappings.domains.count + mappings.assign.count + 1, sizeof(*mappings.items));
	result = mappings.items ? add_domains(&mappings) : -ENOMEM;
	if (result == 0)
		result = add_assigned(&mappings);
	if (result == 0) {
		qsort(mappings.items, mappings.count, sizeof(*mappings.items), in_order);
		result = add_accounts(&mappings);
	}
	if (result)
		return error_set_errno(error, result, "cannot list the accounts");
	qsort(portal->accounts + 1, portal->count - 1, sizeof(*portal->accounts), by_label);
	return 0;
}
