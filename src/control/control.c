/*
 * Loads a profile for one delivery; see control.h. Files that no enabled condition asks for are not
 * even opened: most mail servers use three or four of the dozen, and this runs for every mail.
 */
#include "control/control.h"

#include "control/control_file.h"

int control_load(const struct profile *profile, const struct options *options, struct arena *arena,
	struct control *control, struct error *error)
{
	struct control found;
	const struct control_reader reader = {profile, options, arena, &found};
	int failed = control_defaults(&reader, error);

	if (!failed)
		failed = control_file_read_filters(&reader, error);
	if (failed)
		return failed;
	for (size_t i = 0; i < control_file_count; i++) {
		if (!control_file_wanted(&reader, &control_files[i]))
			continue;
		failed = control_file_read(&reader, &control_files[i], error);
		if (failed < 0)
			return failed;
	}
	failed = control_check_scanners(&reader, error);
	if (!failed)
		failed = control_check_passwords(&reader, error);
	if (!failed)
		*control = found;
	return failed;
}
