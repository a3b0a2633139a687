/* Who is to blame when an engine goes away in mid-scan: see engine.h. */
#ifndef QMVC_SCAN_ENGINE_LOSS_H
#define QMVC_SCAN_ENGINE_LOSS_H

#include "scan/engine.h"

enum loss {
	LOSS_ASK_AGAIN, /* nobody yet: what was under way waits again */
	LOSS_BLAMED,	/* an object: it is settled, and others may be asked */
	LOSS_FATAL,	/* the engine: it is asked nothing more */
};

/* Judges the loss just noted in *engine, and puts back its items. LOSS_FATAL: *words say why. */
enum loss engine_judge_loss(struct engine *engine, const char **words);

#endif
