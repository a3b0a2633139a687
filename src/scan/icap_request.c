/*
 * ICAP requests; see icap_request.h. The HTTP messages inside name a host that cannot be
 * (RFC 6761, "invalid"), so that a service's lists of web sites never match one.
 */
#include "scan/icap_request.h"

#include <errno.h>
#include <stdio.h>

#define HTTP_REQUEST \
	"GET http://qmvc.invalid/object HTTP/1.1\r\n" \
	"Host: qmvc.invalid\r\n" \
	"\r\n"

const struct slice icap_request_end = SLICE_LITERAL("\r\n0\r\n\r\n");

static int add_top(struct buf *out, const char *method, const struct icap_service *service)
{
	bool bracketed = strchr(service->host, ':');
	const char *open = bracketed ? "[" : "", *close = bracketed ? "]" : "";

	return buf_addf(out,
		"%s icap://%s%s%s:%u/%s ICAP/1.0\r\n"
		"Host: %s%s%s:%u\r\n"
		"User-Agent: qmvc\r\n",
		method, open, service->host, close, service->port, service->service, open,
		service->host, close, service->port);
}

int icap_request_options(struct buf *out, const struct icap_service *service)
{
	add_top(out, "OPTIONS", service);
	buf_add_cstr(out, "Encapsulated: null-body=0\r\n\r\n");
	return out->failed ? -ENOMEM : 0;
}

int icap_request_respmod(struct buf *out, const struct icap_service *service, size_t length,
	size_t preview, bool allow_204)
{
	char response[160];
	int len = snprintf(response, sizeof(response),
		"HTTP/1.1 200 OK\r\n"
		"Content-Type: application/octet-stream\r\n"
		"Content-Length: %zu\r\n"
		"\r\n",
		length);
	size_t request = strlen(HTTP_REQUEST);

	add_top(out, "RESPMOD", service);
	if (allow_204)
		buf_add_cstr(out, "Allow: 204\r\n");
	if (preview > 0)
		buf_addf(out, "Preview: %zu\r\n", preview);
	buf_addf(out, "Encapsulated: req-hdr=0, res-hdr=%zu, res-body=%zu\r\n\r\n", request,
		request + (size_t)len);
	buf_add_cstr(out, HTTP_REQUEST);
	buf_add_cstr(out, response);
	return out->failed ? -ENOMEM : 0;
}

int icap_request_chunk(struct buf *out, size_t length)
{
	return buf_addf(out, "%zx\r\n", length);
}
