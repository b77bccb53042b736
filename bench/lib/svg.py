"""The chart of docs/performance.md: a bar per contestant and row, longer is costlier.

Each row has its own scale (its costliest contestant), because a 100 MiB file costs a thousand times a 1 KiB one.
Colours follow the reader's light or dark setting through a media query; the background stays transparent.
"""

from html import escape

WIDTH, LEFT, RIGHT, BAR, GAP = 720, 150, 110, 15, 4
TITLE_HEIGHT, ROW_GAP, TOP = 24, 18, 40

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 13px; }
  .head { font-weight: 600; font-size: 15px; }
  .quiet { fill: #59636e; }
  .us { fill: #0969da; } .peer { fill: #9aa4b0; } .floor { fill: #c9a227; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
    .us { fill: #58a6ff; } .peer { fill: #6e7681; } .floor { fill: #d4a72c; }
  }
"""


def _bars(result, y):
    lines = [line for line in result["table"] if line["group"] != "control"]
    lines.sort(key=lambda line: line["micros"])
    longest = max((line["micros"] for line in lines), default=1) or 1
    void = " — void, control outside 0.97–1.03" if result["void"] else ""
    parts = [f'<text class="title" x="0" y="{y + 14}">{escape(result["title"])}'
             f'<tspan class="quiet">{void}</tspan></text>']
    y += TITLE_HEIGHT
    for line in lines:
        width = max(2, (WIDTH - LEFT - RIGHT) * line["micros"] / longest)
        middle = y + BAR - 3
        parts.append(f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(line["name"])}</text>')
        parts.append(f'<rect class="{line["group"]}" x="{LEFT}" y="{y}" width="{width:.1f}" '
                     f'height="{BAR}" rx="2"/>')
        parts.append(f'<text class="quiet" x="{LEFT + width + 6:.1f}" y="{middle}">'
                     f'{_micros(line["micros"])}</text>')
        y += BAR + GAP
    return parts, y + ROW_GAP


def _micros(value):
    return f"{value:.1f} µs" if value < 1000 else f"{value / 1000:.1f} ms"


def chart(results):
    """The whole SVG, from the CPU rows among the results."""
    y, parts = TOP, []
    for result in results:
        if result["kind"] == "cpu" and result["table"]:
            bars, y = _bars(result, y)
            parts += bars
    legend = (
        f'<text class="head" x="0" y="18">Server CPU per request, shorter is better</text>'
        f'<g transform="translate({WIDTH - 220}, 7)"><rect class="us" width="12" height="12" rx="2"/>'
        '<text x="17" y="11">kHTTPd</text><rect class="peer" x="80" width="12" height="12" rx="2"/>'
        '<text x="97" y="11">peer</text><rect class="floor" x="145" width="12" height="12" rx="2"/>'
        '<text x="162" y="11">C floor</text></g>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
        f'height="{y}" role="img" aria-label="Server CPU per request by row and server">\n'
        f"<style>{STYLE}</style>\n{legend}\n" + "\n".join(parts) + "\n</svg>\n"
    )
