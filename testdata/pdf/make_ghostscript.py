"""Writes the table as a PostScript program on standard output, for
ghostscript's pdfwrite. All names of a page are shown before its numbers."""
import layout


def ps(text):
    out = ""
    for byte in text.replace("’", "\x92").encode("latin-1"):
        out += "\\" + chr(byte) if byte in b"()\\" else chr(byte) if 32 <= byte < 127 else "\\%03o" % byte
    return "(" + out + ")"


print("""%!PS-Adobe-3.0
/latin { findfont dup length dict begin { 1 index /FID ne { def } { pop pop } ifelse } forall
  /Encoding ISOLatin1Encoding 256 array copy dup 146 /quoteright put dup 39 /quotesingle put dup 45 /hyphen put def
  currentdict end definefont pop } bind def
/R /Helvetica latin /B /Helvetica-Bold latin
/left { moveto show } bind def
/right { moveto dup stringwidth pop neg 0 rmoveto show } bind def
<< /PageSize [612 792] >> setpagedevice""")
for page in layout.pages("none"):
    for kind, x, y, text, right in sorted(page, key=lambda item: item[0] == "number"):
        print("/%s %g selectfont %s %g %g %s" % (
            "B" if kind in layout.BOLD else "R", layout.SIZES[kind], ps(text), x, y, "right" if right else "left"))
    print("showpage")
