/* Percent escapes; see percent.h. */
#include "message/percent.h"

#include <errno.h>

int percent_decode(struct slice text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.data[i];

		if (c == '%' && text.len - i > 2) {
			int high = ascii_hex(text.data[i + 1]), low = ascii_hex(text.data[i + 2]);

			if (high >= 0 && low >= 0) {
				c = (unsigned char)(high << 4 | low);
				i += 2;
			}
		}
		if (buf_add_byte(out, c))
			return -ENOMEM;
	}
	return 0;
}
