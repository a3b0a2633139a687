/* Addresses in turn; see addresses.h. */
#include "scan/addresses.h"

unsigned address_connect_ms(const struct scanner_config *config)
{
	unsigned share = config->timeout_ms / config->address_count;

	return share < CONNECT_MS ? share : CONNECT_MS;
}

void address_words(const struct scanner_address *address, struct error *text)
{
	if (address->path)
		error_set(text, 0, "%s", address->path);
	else
		error_set(text, 0, "%s port %u", address->host, address->port);
}

unsigned address_greet_ms(const struct scanner_config *config)
{
	return config->address_count > 1 ? config->timeout_ms / config->address_count : 0;
}

static const struct scanner_address *address_of(const struct engine *engine)
{
	return &engine->task.config->addresses[engine->address];
}

static int open_address(struct engine *engine, struct conn **conn, bool *connected)
{
	const struct scanner_address *address = address_of(engine);

	(void)connected;
	engine->tried++;
	return conn_open(engine->task.request->loop, address->path, address->host, address->port,
		address_connect_ms(engine->task.config), session_conn, engine->session, conn);
}

static bool next_address(struct engine *engine)
{
	if (engine->tried >= engine->task.config->address_count)
		return false;
	engine->address = (engine->address + 1) % engine->task.config->address_count;
	return true;
}

static void close_address(struct engine *engine)
{
	if (!engine->lost || engine->lost_connected)
		engine->tried = 0;
	engine_gone(engine);
}

static const char *name_of(const struct engine *engine)
{
	const struct scanner_address *address = address_of(engine);

	return address->path ? address->path : engine->task.config->engine;
}

const struct engine_transport addresses_transport = {
	.open = open_address,
	.next = next_address,
	.close = close_address,
	.name = name_of,
};
