"""A made-up review for LibreOffice Writer: real footnotes in the table's cells and
heads, a repeated header, names on two lines with the marks between them, marks
larger than the text. The marks and notes are not ICMEC's."""
import sys
from xml.sax.saxutils import escape

YES, NO, FONT = {
    "unicode": ("\u2713", "\u2717", "DejaVu Sans"),
    # Code points of a symbol font that is not installed: Writer gives one and the same
    # character for both.
    "missing": ("\uf0fc", "\uf0fb", "Wingdings"),
}[sys.argv[1]]
NAMES = [
    "Afghanistan", "Albania", "Algeria", "Andorra", "Angola", "Antigua & Barbuda", "Argentina",
    "Armenia", "Australia", "Austria", "Azerbaijan", "Bahamas", "Bosnia-Herzegovina",
    "Congo, Democratic Republic of the", "Saint Vincent & the Grenadines", "Sweden",
    "United Kingdom", "United States", "Zimbabwe",
]
HEADS = ["Country", "Legislation Specific to CSAM", "\u201cCSAM\u201d Defined",
         "Technology-facilitated CSAM Offenses", "Simple Possession", "ISP Reporting"]
NOTE = ("Made-up note: Penal Code of Albania and Sweden, Article 163, as amended in 2015, so that the note "
        "runs over several lines of the page and names Germany, Norway and France as well. ") * 2
count = 0


def note(text):
    global count
    count += 1
    return (f'<text:note text:id="n{count}" text:note-class="footnote"><text:note-citation>{count}</text:note-citation>'
            f'<text:note-body><text:p text:style-name="Note">{escape(text)}</text:p></text:note-body></text:note>')


def cell(inner, style):
    return f'<table:table-cell table:style-name="Cell" office:value-type="string"><text:p text:style-name="{style}">{inner}</text:p></table:table-cell>'


def sign(mark):
    return f'<text:span text:style-name="Sign">{mark}</text:span>'


def row(cells):
    return f'<table:table-row table:style-name="Row">{cells}</table:table-row>'


header = "".join(cell(escape(h) + (note("Made-up note on the column.") if i in (1, 3, 4) else ""), "Head")
                 for i, h in enumerate(HEADS))
rows = ""
for i, name in enumerate(NAMES):
    cells = cell(escape(name) + (note(NOTE) if i % 5 == 2 else ""), "Name")
    for j in range(5):
        cells += cell(sign(YES if (i * 7 + j * 3) % 5 < 3 else NO) + (note(NOTE) if (i + j) % 4 == 0 else ""), "Mark")
    rows += row(cells)

print(f'''<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.text">
<office:font-face-decls><style:font-face style:name="{FONT}" svg:font-family="'{FONT}'"/>
<style:font-face style:name="Liberation Sans" svg:font-family="'Liberation Sans'"/></office:font-face-decls>
<office:styles><style:default-style style:family="paragraph"><style:text-properties style:font-name="Liberation Sans"
 fo:font-size="11pt"/></style:default-style>
<style:style style:name="Note" style:family="paragraph"><style:text-properties fo:font-size="9pt"/></style:style></office:styles>
<office:automatic-styles><style:style style:name="Name" style:family="paragraph"/>
<style:style style:name="Break" style:family="paragraph"><style:paragraph-properties fo:break-after="page"/></style:style>
<style:style style:name="Mark" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="Head" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/>
<style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="Sign" style:family="text"><style:text-properties style:font-name="{FONT}" fo:font-size="14pt"/></style:style>
<style:style style:name="Row" style:family="table-row"><style:table-row-properties fo:keep-together="always"/></style:style>
<style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties fo:padding="0.08cm"
 fo:border="0.5pt solid #000000" style:vertical-align="middle"/></style:style></office:automatic-styles>
<office:body><office:text><text:p text:style-name="Head">Child Sexual Abuse Material:</text:p>
<text:p text:style-name="Head">Model Legislation &amp; Global Review</text:p>
<text:p text:style-name="Head">2018 \u2022 9th Edition</text:p>
<text:p text:style-name="Break">Copyright \u00a9 2018, a made-up document.</text:p>
<text:p>Global Legislative Review</text:p>
<text:p>{sign(NO)} = No</text:p><text:p>{sign(YES)} = Yes</text:p>
<table:table table:name="T">{"<table:table-column/>" * 6}<table:table-header-rows>{row(header)}</table:table-header-rows>{rows}</table:table>
</office:text></office:body></office:document>''')
