"""What all fixtures share: the facts, the words around them, and a page
layout for the producers that place every string themselves."""
import csv
import os

HERE = os.path.dirname(os.path.abspath(__file__))
TITLE = "Fixture: CyberTipline reports by country"
HEAD = ("Country / Territory", "Number of Reports")
NOTE = ["*The place was not known in these reports. This note takes 2 lines",
        "so that a reader can show that it does not take it for a row."]
WRAPS = {"Saint Helena, Ascension and Tristan da Cunha":
         ["Saint Helena, Ascension", "and Tristan da Cunha"]}
LEFT, RIGHT, TOP, BOTTOM = 122.2, 489.8, 720, 60
PITCH, LEADING = 16.3, 13.2


def printed(number):
    return number if number == "-" else f"{int(number):,}"


def rows():
    """(country, number as printed), in the order of table.csv."""
    with open(os.path.join(HERE, "table.csv"), encoding="utf-8", newline="") as f:
        return [(r["country"], printed(r["reports"])) for r in csv.DictReader(f)]


def footer(page):
    return f"Test fixture, page {page}"


def pages(wrap="none"):
    """Pages of (kind, x, y, text, right_aligned) with the origin at the lower
    left of a US Letter page. kind is title, head, name, number, note or foot.

    wrap says where the number of a two-line name stands: "first" (on the first
    line), "middle" (between the lines), or "none" (the name is not wrapped).
    """
    out, page, y = [], None, 0

    def start():
        nonlocal page, y
        page, y = [], TOP
        out.append(page)
        if len(out) == 1:
            page.append(("title", LEFT, y, TITLE, False))
            y -= 36
        page.append(("head", LEFT, y, HEAD[0], False))
        page.append(("head", RIGHT, y, HEAD[1], True))
        page.append(("foot", RIGHT, 40, footer(len(out)), True))
        y -= PITCH

    start()
    for name, number in rows():
        lines = WRAPS.get(name, [name]) if wrap != "none" else [name]
        extra = LEADING * (len(lines) - 1)
        if y - extra < BOTTOM:
            start()
        for i, line in enumerate(lines):
            page.append(("name", LEFT, y - i * LEADING, line, False))
        at = y - extra / 2 if wrap == "middle" else y
        page.append(("number", RIGHT, at, number, True))
        y -= PITCH + extra
    y -= 8
    for line in NOTE:
        page.append(("note", LEFT, y, line, False))
        y -= 11
    return out


SIZES = {"title": 15, "head": 12, "name": 11, "number": 11, "note": 9, "foot": 8}
BOLD = {"title", "head"}
