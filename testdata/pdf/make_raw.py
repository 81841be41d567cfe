"""rotated.pdf, rotated-270.pdf, cm.pdf and xobject.pdf, written by hand."""

import layout
from rawpdf import Writer, literal, width


def placed(page):
    """(kind, font, size, x of the left edge, y, text)."""
    for kind, x, y, text, right in page:
        font, size = "B" if kind in layout.BOLD else "R", layout.SIZES[kind]
        yield kind, font, size, x - width(text, font, size) if right else x, y, text


def fonts(pdf):
    return "/Font << /R %d 0 R /B %d 0 R >>" % (pdf.font("Helvetica"), pdf.font("Helvetica-Bold"))


def rotated(path, degrees):
    """The page lies on its side and is turned upright by /Rotate. At 90 a
    single cm turns all of it; at 270 each text matrix does."""
    pdf, pages = Writer(), []
    resources = fonts(pdf)
    for page in layout.pages("first" if degrees == 90 else "middle"):
        out = b"q 0 1 -1 0 792 0 cm\n" if degrees == 90 else b"q\n"
        for _, font, size, x, y, text in placed(page):
            tm = b"1 0 0 1 %.3f %.3f" % (x, y) if degrees == 90 else b"0 -1 1 0 %.3f %.3f" % (y, 612 - x)
            out += b"BT /%s %g Tf %s Tm %s Tj ET\n" % (font.encode(), size, tm, literal(text))
        body = pdf.stream(out + b"Q\n")
        pages.append("/MediaBox [0 0 792 612] /Rotate %d /Resources << %s >> /Contents %d 0 R" % (
            degrees, resources, body))
    pdf.save(path, pages, layout.TITLE)


def splinters(text):
    """A kerned array that cuts the text at every third letter."""
    return b" ".join(literal(text[i:i + 3]) + (b" 12" if i else b" -12") for i in range(0, len(text), 3))


def cm_page(page):
    """Tokens of one page: flipped, scaled to quarter points, nested states,
    and every text operator there is."""
    yield b"q 1 0 0 -1 0 792 cm q .25 0 0 .25 0 0 cm"
    for i, (kind, font, size, x, y, text) in enumerate(placed(page)):
        x, y, size, name = x * 4, (792 - y) * 4, size * 4, font.encode()
        style = i % 4 if kind in ("name", "number") else 3
        if style == 0:  # font size 1, all size in the matrix
            yield b"BT /%s 1 Tf %g 0 0 -%g %.3f %.3f Tm" % (name, size, size, x, y)
            yield b"[ %s ] TJ ET" % splinters(text)
        elif style == 1:  # a further cm moves the origin; Td from there
            yield b"q 1 0 0 -1 %.3f %.3f cm BT /%s %g Tf" % (x, y, name, size)
            yield b"0 0 Td %s Tj ET Q" % literal(text)
        elif style == 2:  # half size under a doubled scale, and the operator '
            yield b"q 2 0 0 -2 %.3f %.3f cm BT /%s %g Tf" % (x, y, name, size / 2)
            yield b"%g TL 0 %g Td %s ' ET Q" % (size / 2, size / 2, literal(text))
        else:  # an upright text matrix and the operator "
            yield b"BT /%s %g Tf 1 0 0 -1 %.3f %.3f Tm 0 TL" % (name, size, x, y)
            yield b'0 0 %s " ET' % literal(text)
    yield b"Q Q"


def split(tokens, pdf):
    """Several content streams, cut between an operator and its operands."""
    parts, part = [], b""
    for i, token in enumerate(tokens):
        head, _, tail = token.rpartition(b" ")
        if i % 17 == 5 and b"(" not in tail and head:
            parts.append(part + head)
            part = tail + b"\n"
        else:
            part += token + b"\n"
    return [pdf.stream(p) for p in parts + [part]]


def cm(path):
    pdf, pages = Writer(), []
    resources = fonts(pdf)
    for page in layout.pages("first"):
        streams = split(cm_page(page), pdf)
        pages.append("/MediaBox [0 0 612 792] /Resources << %s >> /Contents [%s]" % (
            resources, " ".join("%d 0 R" % s for s in streams)))
    pdf.save(path, pages, layout.TITLE)


def form(pdf, items, dx, dy, resources):
    """A form whose own matrix moves it by dx, dy; its fonts are called the
    other way round than those of the page."""
    out = b""
    for _, font, size, x, y, text in items:
        swapped = b"B" if font == "R" else b"R"
        out += b"BT /%s %g Tf %.3f %.3f Td %s Tj ET\n" % (swapped, size, x - dx, y - dy, literal(text))
    return pdf.stream(out, "/Type /XObject /Subtype /Form /BBox [-700 -900 700 900] "
                           "/Matrix [1 0 0 1 %g %g] /Resources << %s >>" % (dx, dy, resources))


def xobject(path):
    pdf, pages = Writer(), []
    regular, bold = pdf.font("Helvetica"), pdf.font("Helvetica-Bold")
    straight = "/Font << /R %d 0 R /B %d 0 R >>" % (regular, bold)
    swapped = "/Font << /R %d 0 R /B %d 0 R >>" % (bold, regular)
    for page in layout.pages("middle"):
        items = list(placed(page))
        names = form(pdf, [i for i in items if i[0] == "name"], 50, -20, swapped)
        numbers = form(pdf, [i for i in items if i[0] == "number"], -30, 40, swapped)
        outer = pdf.stream(b"q /Names Do Q q /Numbers Do Q\n",
                           "/Type /XObject /Subtype /Form /BBox [0 0 1224 1584] /Matrix [.5 0 0 .5 0 0] "
                           "/Resources << /XObject << /Names %d 0 R /Numbers %d 0 R >> >>" % (names, numbers))
        out = b"q 2 0 0 2 0 0 cm /Table Do Q\n"
        for kind, font, size, x, y, text in items:
            if kind not in ("name", "number"):
                out += b"BT /%s %g Tf 1 0 0 1 %.3f %.3f Tm %s Tj ET\n" % (font.encode(), size, x, y, literal(text))
        pages.append("/MediaBox [0 0 612 792] /Resources << %s /XObject << /Table %d 0 R >> >> /Contents %d 0 R" % (
            straight, outer, pdf.stream(out)))
    pdf.save(path, pages, layout.TITLE)


rotated("rotated.pdf", 90)
rotated("rotated-270.pdf", 270)
cm("cm.pdf")
xobject("xobject.pdf")
