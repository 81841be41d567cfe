"""reportlab.pdf (standard Helvetica, not embedded) and reportlab-ttf.pdf
(DejaVu Sans in simple subset fonts)."""
import sys

from reportlab import rl_config
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

import layout

rl_config.invariant = 1
DEJAVU = "/usr/share/fonts/truetype/dejavu/"
# These letters use up the codes of the first subset, so that the table below
# is set from two subset fonts, often within one word.
SPECIMEN = "".join(chr(c) for c in list(range(0x391, 0x3A2)) + list(range(0x3A3, 0x3CA))
                   + list(range(0x410, 0x450)) + list(range(0x100, 0x160)))


def build(path, regular, bold, valign, first=()):
    def foot(canvas, doc):
        canvas.setFont(regular, 8)
        canvas.drawRightString(540, 40, layout.footer(doc.page))

    style = ParagraphStyle("body", fontName=regular, fontSize=11, leading=13.2)
    head = ParagraphStyle("head", fontName=bold, fontSize=12, leading=14)
    title = ParagraphStyle("title", fontName=bold, fontSize=15, leading=22)
    note = ParagraphStyle("note", fontName=regular, fontSize=9, leading=11)
    small = ParagraphStyle("small", fontName=regular, fontSize=6, leading=8)
    data = [[Paragraph(layout.HEAD[0], head), layout.HEAD[1]]]
    data += [[Paragraph(name, style), number] for name, number in layout.rows()]
    table = Table(data, colWidths=[215, 160], repeatRows=1, hAlign="LEFT")
    table.setStyle([("FONT", (0, 1), (-1, -1), regular, 11), ("FONT", (0, 0), (-1, 0), bold, 12),
                    ("ALIGN", (1, 0), (1, -1), "RIGHT"), ("VALIGN", (0, 0), (-1, -1), valign),
                    ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.25, "#aaaaaa")])
    story = [Paragraph(layout.TITLE, title)]
    story += [Paragraph(text, small) for text in first]
    story += [Spacer(1, 8), table, Spacer(1, 8)] + [Paragraph(n, note) for n in layout.NOTE]
    SimpleDocTemplate(path, pagesize=letter, title=layout.TITLE).build(story, onFirstPage=foot, onLaterPages=foot)


if sys.argv[1] == "standard":
    build(sys.argv[2], "Helvetica", "Helvetica-Bold", "TOP")
else:
    pdfmetrics.registerFont(TTFont("D", DEJAVU + "DejaVuSans.ttf", asciiReadable=0))
    pdfmetrics.registerFont(TTFont("DB", DEJAVU + "DejaVuSans-Bold.ttf", asciiReadable=0))
    build(sys.argv[2], "D", "DB", "MIDDLE", [SPECIMEN[i:i + 60] for i in range(0, len(SPECIMEN), 60)])
