/* The style of report pages: one, light and dark, for screens from 320 pixels on and paper. */
#ifndef QMVC_REPORT_STYLE_H
#define QMVC_REPORT_STYLE_H

/* Of the frame, of text and tables: on all pages. */
extern const char style_frame[];
/* Of key figures, charts, lists and calendars; stands behind that of the frame. */
extern const char style_figures[];

#endif
