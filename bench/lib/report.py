"""The tables: on the terminal and as docs/performance.md."""

MARKS = {"moonshot": "★ moonshot", "reached": "✓ reached", "missed": "✗ missed", "": ""}

METHOD = """\
CPU per request is user and system time of the server with all its threads and workers, from
`/proc/PID/stat`, divided by the answers the load generator counted; it counts only complete answers
of the right length, and finishes what is in flight, so that all work is paid for. The server runs
alone on one core, the load (and the backend of the pass-on rows) on another. The load never sleeps where it
has its core to itself: on the loopback the sender pays for waking the receiver, and would pay more the
slower it is. Each round measures every
contestant once, in random order; a ratio is taken within a round, and the table gives the median of the
rounds with a 95 % bootstrap interval. Ratios are *peer ÷ us*: larger is better. Every peer runs in its best
configuration for the row (`bench/peers/`), logs off, one loop. "Best peer" is the one with the
least median cost in that row.

In each row a second, identical copy of the C floor runs as control. A row whose control leaves
0.97–1.03 is **void**: the machine was not quiet enough for it. Rows `@N` are taken at an equal offered rate
of N requests a second; they are shown, not judged, because batching then differs from full load.
The backends of *passing on* are not counted; in the *mix* the Apache behind us is."""


def mark(value, at_least, moonshot, smaller_is_better=False):
    """`moonshot`, `reached`, `missed`, or nothing where there is no target."""
    if value is None or at_least is None:
        return ""
    sign = -1 if smaller_is_better else 1
    if moonshot is not None and sign * value >= sign * moonshot:
        return "moonshot"
    return "reached" if sign * value >= sign * at_least else "missed"


def _number(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:g}" if value < 1000 or value == int(value) else f"{value:,.0f}"


def _figure(value):
    """Three significant digits, and no exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio_text(ratio):
    return "not measured" if ratio is None else f"{ratio[0]:.2f} ({ratio[1]:.2f}–{ratio[2]:.2f})"


def comparisons(result):
    """The judged lines of a row: [what, against, value, at least, moonshot, mark]."""
    lines = []
    if result["kind"] == "cpu":
        for c in result["comparisons"]:
            against = c["against"]
            if against == "best peer" and c["peer"]:
                against = f"best peer ({c['peer']})"
            verdict = mark(c["ratio"] and c["ratio"][0], c["at_least"], c["moonshot"])
            text = MARKS[verdict]
            if result["void"] and verdict:
                text = f"void ({text})"
            lines.append([c["us"], against, ratio_text(c["ratio"]), _number(c["at_least"]),
                          _number(c["moonshot"]), text])
        return lines
    for v in result["verdicts"]:
        value = "not measured" if v["value"] is None else f"{_figure(v['value'])} {v['unit']}"
        lines.append([v["what"], "–", value,
                      f"≤ {_number(v['at_most'])}" if v["at_most"] is not None else "",
                      f"≤ {_number(v['moonshot'])}" if v["moonshot"] is not None else "",
                      MARKS[mark(v["value"], v["at_most"], v["moonshot"], True)]])
    return lines


def details(result):
    """The measured figures of a row: (headers, lines)."""
    if result["kind"] == "special":
        return result["headers"], result["table"]
    headers = ["", "CPU µs/request", "requests/s", "server core busy", "load core busy", "p50 µs", "p99 µs"]
    lines = [
        [line["name"], f"{line['micros']:.2f}", f"{line['rate']:,.0f}", f"{line['server_busy']:.0%}",
         f"{line['load_busy']:.0%}", f"{line['p50']:.0f}", f"{line['p99']:.0f}"]
        for line in sorted(result["table"], key=lambda line: line["micros"])
    ]
    return headers, lines


def remarks(result):
    """Control, failures and notes of a row, one sentence each."""
    said = []
    if result["kind"] == "cpu":
        control = result["control"]
        if control is None:
            said.append("VOID: the control did not run.")
        else:
            said.append(f"{'VOID: c' if result['void'] else 'C'}ontrol {ratio_text(control)}.")
    said += [f"{name} failed: {why}" for name, why in result["failures"].items()]
    return said + result.get("notes", [])


def text_table(headers, lines):
    """Columns aligned with spaces; the first to the left, the others to the right."""
    if not lines:
        return ""
    columns = list(zip(headers, *lines))
    widths = [max(map(len, column)) for column in columns]
    return "\n".join(
        "  " + "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths))
        ).rstrip()
        for line in [headers, *lines]
    )


def markdown_table(headers, lines):
    align = ["---"] + ["---:"] * (len(headers) - 1)
    return "\n".join("| " + " | ".join(line) + " |" for line in [headers, align, *lines])


def row_as_text(result):
    title = f"\n{result['key']}: {result['title']} — {result['rounds']} rounds of {result['seconds']:g} s"
    parts = [title, text_table(*details(result)), *(f"  {remark}" for remark in remarks(result))]
    return "\n".join(part for part in parts if part)


SUMMARY = ["work", "of", "against", "peer ÷ us, or figure", "at least", "moonshot", ""]


def summary_lines(results):
    return [
        [result["title"] if i == 0 else "", *line]
        for result in results
        for i, line in enumerate(comparisons(result))
    ]


def summary_as_text(results):
    text = text_table(SUMMARY, summary_lines(results))
    void = [result["key"] for result in results if result.get("void")]
    if void:
        text += f"\n\n  VOID (control outside 0.97–1.03, the machine was not quiet): {', '.join(void)}"
    return "\n" + text


def page(results, machine, chart):
    """docs/performance.md."""
    parts = [
        "# Performance\n",
        "Written by `bench/compare`; do not edit. How to run and read it: `bench/README.md`.\n",
        f"![CPU per request of each server, and the targets]({chart})\n",
        "## Against the targets\n",
        markdown_table(SUMMARY, summary_lines(results)) + "\n",
        "## Method\n",
        METHOD + "\n",
        "## Machine\n",
        markdown_table(["", ""], [[what, value.replace("|", "\\|")] for what, value in machine])
        .replace("---:", "---") + "\n",
        "## Figures\n",
    ]
    for result in results:
        parts.append(f"### {result['title']}\n")
        parts.append(
            f"`{result['key']}`, {result['date']}, {result['rounds']} rounds of {result['seconds']:g} s.\n"
        )
        headers, lines = details(result)
        if lines:
            parts.append(markdown_table(headers, lines) + "\n")
        for remark in remarks(result):
            parts.append(f"{remark}\n")
    return "\n".join(parts)
