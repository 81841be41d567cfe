#!/bin/sh
# Remakes the fixtures in this folder. Debian packages: libreoffice-writer-nogui,
# chromium, texlive-latex-recommended, lmodern, ghostscript, qpdf, poppler-utils,
# python3-reportlab, python3-cairo, fonts-dejavu-core, fonts-liberation.
set -eu
cd "$(dirname "$0")"
export SOURCE_DATE_EPOCH=1704067200 TZ=UTC LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Programs that write the time of day, or an identifier made from it, into a file
# get it overwritten by a fixed one of the same length, so that offsets stay true.
fix_dates() {
	sed -i -E -e "s/D:[0-9]{14}(\+00'00'|Z)?/D:20240101000000\1/g" \
		-e '/^\/ID \[|^<[0-9A-F]{32}>|^\/DocChecksum /s/[0-9A-F]{32}/00112233445566778899AABBCCDDEEFF/g' "$1"
}

"$python" make_libreoffice.py >"$work/libreoffice.fodt"
soffice -env:UserInstallation="file://$work/office" --headless --convert-to pdf \
	--outdir . "$work/libreoffice.fodt" >/dev/null 2>&1
fix_dates libreoffice.pdf

"$python" make_chromium.py >"$work/chromium.html"
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
	--disable-background-networking --disable-component-update --disable-sync \
	--user-data-dir="$work/chromium" --no-pdf-header-footer \
	--print-to-pdf=chromium.pdf "file://$work/chromium.html" >/dev/null 2>&1
fix_dates chromium.pdf

for encoding in t1 ot1; do
	"$python" make_pdftex.py $encoding >"$work/pdftex-$encoding.tex"
	for pass in 1 2 3; do # longtable finds its widths in the second pass
		pdflatex -interaction=batchmode -halt-on-error -output-directory="$work" \
			"$work/pdftex-$encoding.tex" >/dev/null
	done
done
cp "$work/pdftex-t1.pdf" pdftex.pdf
cp "$work/pdftex-ot1.pdf" pdftex-ot1.pdf

"$python" make_reportlab.py standard reportlab.pdf
"$python" make_reportlab.py ttf reportlab-ttf.pdf
"$python" make_cairo.py cairo.pdf

"$python" make_ghostscript.py >"$work/ghostscript.ps"
gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -dEmbedAllFonts=true -dSubsetFonts=true -dPDFSETTINGS=/prepress \
	-dOmitInfoDate=true -dOmitID=true -dOmitXMP=true -sOutputFile=ghostscript.pdf "$work/ghostscript.ps"

"$python" make_raw.py
qpdf --deterministic-id --object-streams=generate --linearize libreoffice.pdf objstm.pdf

"$python" check.py
