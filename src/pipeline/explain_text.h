/* The pieces of the text form of an explanation. */
#ifndef QMVC_PIPELINE_EXPLAIN_TEXT_H
#define QMVC_PIPELINE_EXPLAIN_TEXT_H

#include "pipeline/explanation.h"
#include "pipeline/screen.h"

/* An empty line and a heading. */
void explain_text_title(struct screen *screen, const char *title);

/* explain_text_parts.c */
void explain_text_parts(struct screen *screen, const struct explanation *explanation);
/* explain_text_search.c */
void explain_text_conditions(struct screen *screen, const struct explanation *explanation);
void explain_text_scanners(struct screen *screen, const struct explanation *explanation);

#endif
