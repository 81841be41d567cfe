"""Checks with pdftotext that each fixture holds each row of table.csv once."""
import glob
import re
import subprocess
import sys
import unicodedata

import layout

LIGATURES = {"ﬁ": "fi", "ﬀ": "ff", "ﬃ": "ffi", "ﬂ": "fl", "‐": "-", "−": "-"}


def text_of(path):
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    for a, b in LIGATURES.items():
        text = text.replace(a, b)
    return unicodedata.normalize("NFC", text)


def forms(name, number):
    """The lines in which a row may stand: on one line, or the name on two with
    the number on the first of them, between them, or on the second."""
    words = name.split()
    yield [f"{name} {number}"]
    for i in range(1, len(words)):
        a, b = " ".join(words[:i]), " ".join(words[i:])
        yield from ([f"{a} {number}", b], [a, number, b], [a, f"{b} {number}"])


def missing(text):
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
    whole = "\n".join([""] + [line for line in lines if line] + [""])
    for name, number in layout.rows():
        hits = sum(whole.count("\n" + "\n".join(f) + "\n") for f in forms(name, number))
        if hits != 1:
            yield name, number, hits


bad = False
for path in sorted(glob.glob("*.pdf")):
    text = text_of(path)
    lost = list(missing(text))
    heads = len(re.findall(r"Country / Territory\s+Number of Reports", text))
    print(f"{path}: {heads} heads, {text.count(chr(12))} pages, {len(lost)} rows not found {lost[:4]}")
    bad = bad or bool(lost) or layout.TITLE not in text or layout.NOTE[0][:20] not in text
sys.exit(bad)
