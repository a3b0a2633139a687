/* The style of all report pages: one, light and dark, for screens from 320 pixels on and paper. */
#ifndef QMVC_REPORT_STYLE_H
#define QMVC_REPORT_STYLE_H

extern const char style_sheet[];

#endif
