"""A minimal PDF writer: what the other producers never do, on purpose."""
import zlib

from reportlab.pdfbase.pdfmetrics import stringWidth

FONTS = {"R": "Helvetica", "B": "Helvetica-Bold"}


def width(text, font, size):
    return stringWidth(text, FONTS[font], size)


def literal(text):
    raw = text.encode("cp1252")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


class Writer:
    def __init__(self):
        self.objects = [None, None]  # 1: catalog, 2: pages

    def add(self, body):
        self.objects.append(body if isinstance(body, bytes) else body.encode())
        return len(self.objects)

    def stream(self, data, extra=""):
        data = zlib.compress(data, 9)
        head = "<< /Length %d /Filter /FlateDecode %s >>\nstream\n" % (len(data), extra)
        return self.add(head.encode() + data + b"\nendstream")

    def font(self, name):
        return self.add("<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name)

    def save(self, path, pages, title):
        """pages: bodies of the page dictionaries without /Type and /Parent."""
        kids = [self.add("<< /Type /Page /Parent 2 0 R %s >>" % p) for p in pages]
        self.objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
        self.objects[1] = ("<< /Type /Pages /Count %d /Kids [%s] >>" % (
            len(kids), " ".join("%d 0 R" % k for k in kids))).encode()
        info = self.add(b"<< /Title " + literal(title) + b" /Producer (fixture) >>")
        out, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
        for number, body in enumerate(self.objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        out += b"".join(b"%010d 00000 n \n" % o for o in offsets)
        out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
            len(offsets) + 1, info, start)
        with open(path, "wb") as f:
            f.write(out)
