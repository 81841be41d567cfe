"""Writes the table as HTML on standard output, for chromium --print-to-pdf."""
from html import escape

import layout

print("""<!doctype html><html lang="en"><meta charset="utf-8"><title>%s</title><style>
@page { size: A4; margin: 20mm; @bottom-right { content: "Test fixture, page " counter(page); font: 8pt "DejaVu Serif" } }
body { font: 11pt "DejaVu Serif"; margin: 0 }
h1 { font-size: 15pt }
table { border-collapse: collapse; width: 132mm }
td, th { padding: 1.2mm 2mm; border-bottom: .3mm solid #ccc; text-align: left }
tr { break-inside: avoid }
td:first-child { width: 78mm }
td + td, th + th { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
p { width: 132mm; font-size: 9pt }
</style>""" % escape(layout.TITLE))
print("<h1>%s</h1><table><thead><tr><th>%s<th>%s</thead><tbody>" % (
    (escape(layout.TITLE),) + tuple(map(escape, layout.HEAD))))
for name, number in layout.rows():
    print("<tr><td>%s<td>%s" % (escape(name), escape(number)))
print("</tbody></table><p>%s</p>" % escape(" ".join(layout.NOTE)))
