/* The two control files that qmvcbench(8) goes by; see bench_room.h. */
#include "programs/bench_room.h"

int bench_profile_read(struct bench_profile *profile, struct arena *arena, struct error *error)
{
	struct slice text;
	const char *path;
	int result;

	if (profile->profile.dir_count == 0)
		return 0;
	result = profile_read(
		&profile->profile, arena, "scanners", &profile->text, &profile->path, error);
	if (result == 0)
		result = scanner_list_parse(
			arena, profile->text, profile->path, &profile->list, error);
	if (result < 0)
		return result;
	profile->has_list = result == 0 && profile->list.count > 0;
	result = profile_read(&profile->profile, arena, "filters", &text, &path, error);
	if (result == 0)
		result = filters_parse(arena, text, path, &profile->filters, error);
	if (result < 0)
		return result;
	profile->has_filters = result == 0;
	return 0;
}

void bench_profile_present(
	const struct bench_profile *profile, struct bench_data *data, struct bench_way *present)
{
	unsigned known = 0;

	*present = (struct bench_way){.sequential = profile->list.sequential,
		.quitasap = profile->filters.conditions[CONDITION_VIRUS].quitasap};
	for (unsigned i = 0; i < profile->list.count; i++) {
		int at = bench_data_scanner(data, slice_cstr(profile->list.scanners[i].initial));

		if (at >= 0)
			present->order[known++] = (unsigned char)at;
	}
}
