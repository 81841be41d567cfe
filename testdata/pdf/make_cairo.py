"""cairo.pdf: text shown through cairo's PDF surface."""
import sys

import cairo

import layout

surface = cairo.PDFSurface(sys.argv[1], 612, 792)
surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, "2024-01-01T00:00:00Z")
surface.set_metadata(cairo.PDF_METADATA_TITLE, layout.TITLE)
ctx = cairo.Context(surface)
for page in layout.pages("middle"):
    for kind, x, y, text, right in page:
        weight = cairo.FONT_WEIGHT_BOLD if kind in layout.BOLD else cairo.FONT_WEIGHT_NORMAL
        ctx.select_font_face("Liberation Serif", cairo.FONT_SLANT_NORMAL, weight)
        ctx.set_font_size(layout.SIZES[kind])
        if right:
            x -= ctx.text_extents(text).x_advance
        ctx.move_to(x, 792 - y)
        ctx.show_text(text)
    surface.show_page()
surface.finish()
