"""Charts of the benchmarks: small panels of lines over logarithmic axes, as an SVG. Not a program.

A straight line that rises by a decade for each decade is linear growth, and a dashed one shows what that
would be from the first point on: what bends above it grows faster than what it is plotted against.
"""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 300, 210, 52, 34, 14, 40
COLOURS = ("#1f5fa8", "#b4461e", "#3c7a3c")
STYLE = ("text{font:11px sans-serif;fill:#222}.title{font-weight:bold;font-size:12px}"
         ".grid{stroke:#ddd}.axis{stroke:#666;fill:none}.linear{stroke:#999;stroke-dasharray:4 3;fill:none}")


def decades(low, high):
    return math.floor(math.log10(low)), max(math.ceil(math.log10(high)), math.floor(math.log10(low)) + 1)


def label(power):
    return {3: "1k", 4: "10k", 5: "100k", 6: "1M"}.get(power, "%g" % 10 ** power)


def panel(title, unit, lines, at):
    """lines: name -> [(x, y)]; all of them above 0."""
    points = [point for line in lines.values() for point in line]
    (x0, x1), (y0, y1) = (decades(min(p[i] for p in points), max(p[i] for p in points)) for i in (0, 1))
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(x, y):
        return (at[0] + LEFT + (math.log10(x) - x0) / (x1 - x0) * inner_width,
                at[1] + TOP + inner_height - (math.log10(y) - y0) / (y1 - y0) * inner_height)

    def path(line, style):
        return '<polyline %s points="%s"/>' % (style, " ".join("%.1f,%.1f" % place(*p) for p in line))

    out = ['<text class="title" x="%d" y="%d">%s</text>' % (at[0] + LEFT, at[1] + 14, escape(title))]
    for power in range(x0, x1 + 1):
        x, bottom = place(10.0 ** power, 10.0 ** y0)
        out.append('<line class="grid" x1="%.1f" y1="%d" x2="%.1f" y2="%.1f"/><text x="%.1f" y="%.1f" '
                   'text-anchor="middle">%s</text>' % (x, at[1] + TOP, x, bottom, x, bottom + 14, label(power)))
    for power in range(y0, y1 + 1):
        left, y = place(10.0 ** x0, 10.0 ** power)
        out.append('<line class="grid" x1="%.1f" y1="%.1f" x2="%d" y2="%.1f"/><text x="%.1f" y="%.1f" '
                   'text-anchor="end">%s</text>' % (
                       left, y, at[0] + WIDTH - RIGHT, y, left - 4, y + 4, label(power)))
    out.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>' % (
        at[0] + LEFT + inner_width / 2, at[1] + HEIGHT - 6, escape(unit)))
    first = next(iter(lines.values()))
    (fx, fy), end = first[0], min(first[-1][0], first[0][0] * 10.0 ** y1 / first[0][1])
    out.append(path([(fx, fy), (end, fy * end / fx)], 'class="linear"'))
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        out.append(path(line, 'fill="none" stroke-width="2" stroke="%s"' % colour))
        out += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (*place(*p), colour) for p in line]
        out.append('<text x="%d" y="%d" style="fill:%s">%s</text>' % (
            at[0] + LEFT + number * 84, at[1] + 28, colour, escape(name)))
    return "".join(out)


def write(path, title, panels, across=3):
    """panels: (title, unit of x, {name: [(x, y)]})."""
    down = -(-len(panels) // across)
    width, height = across * WIDTH + 10, down * HEIGHT + 30
    body = [panel(*one, (n % across * WIDTH, 26 + n // across * HEIGHT)) for n, one in enumerate(panels)]
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img">'
                    '<title>%s</title><style>%s</style><rect width="100%%" height="100%%" fill="#fff"/>'
                    '<text class="title" x="10" y="16">%s</text>\n%s\n</svg>\n' % (
                        width, height, escape(title), STYLE, escape(title), "\n".join(body)))
