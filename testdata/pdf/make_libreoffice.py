"""Writes a flat OpenDocument text on standard output, for libreoffice."""
from xml.sax.saxutils import escape

import layout

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:font-face-decls>
<style:font-face style:name="L" svg:font-family="'Liberation Sans'"/>
</office:font-face-decls>
<office:styles>
<style:default-style style:family="paragraph"><style:text-properties style:font-name="L" fo:font-size="11pt" fo:language="en" fo:country="US"/></style:default-style>
<style:style style:name="Standard" style:family="paragraph"/>
</office:styles>
<office:automatic-styles>
<style:style style:name="title" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-bottom="0.3cm"/><style:text-properties fo:font-size="15pt" fo:font-weight="bold"/></style:style>
<style:style style:name="hl" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties fo:font-weight="bold" fo:font-size="12pt"/></style:style>
<style:style style:name="hr" style:family="paragraph" style:parent-style-name="hl"><style:paragraph-properties fo:text-align="end"/><style:text-properties fo:font-weight="bold" fo:font-size="12pt"/></style:style>
<style:style style:name="r" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:text-align="end"/></style:style>
<style:style style:name="t" style:family="table"><style:table-properties style:width="11.6cm" table:align="left"/></style:style>
<style:style style:name="t.A" style:family="table-column"><style:table-column-properties style:column-width="7cm"/></style:style>
<style:style style:name="t.B" style:family="table-column"><style:table-column-properties style:column-width="4.6cm"/></style:style>
<style:style style:name="c" style:family="table-cell"><style:table-cell-properties style:vertical-align="middle" fo:padding="0.06cm" fo:border="0.4pt solid #999999"/></style:style>
<style:style style:name="ro" style:family="table-row"><style:table-row-properties fo:keep-together="always"/></style:style>
<style:page-layout style:name="p"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/>
<style:footer-style><style:header-footer-properties fo:min-height="0.8cm" fo:margin-top="0.4cm"/></style:footer-style></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="p"><style:footer>
<text:p text:style-name="r">Test fixture, page <text:page-number text:select-page="current">1</text:page-number></text:p>
</style:footer></style:master-page></office:master-styles>
<office:body><office:text>"""


def cell(style, text):
    return ('<table:table-cell table:style-name="c"><text:p text:style-name="%s">%s</text:p></table:table-cell>'
            % (style, escape(text)))


def row(left, right, styles=("Standard", "r")):
    return '<table:table-row table:style-name="ro">%s%s</table:table-row>' % (
        cell(styles[0], left), cell(styles[1], right))


print(HEAD)
print('<text:p text:style-name="title">%s</text:p>' % escape(layout.TITLE))
print('<table:table table:style-name="t"><table:table-column table:style-name="t.A"/>'
      '<table:table-column table:style-name="t.B"/>')
print("<table:table-header-rows>%s</table:table-header-rows>" % row(*layout.HEAD, styles=("hl", "hr")))
for r in layout.rows():
    print(row(*r))
print("</table:table>")
for line in layout.NOTE:
    print('<text:p text:style-name="Standard">%s</text:p>' % escape(line))
print("</office:text></office:body></office:document>")
