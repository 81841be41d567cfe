#!/bin/sh
# Remakes the fixtures in this folder. Debian packages: libreoffice-writer-nogui,
# fonts-dejavu-core, fonts-liberation.
set -eu
cd "$(dirname "$0")"
export SOURCE_DATE_EPOCH=1704067200 TZ=UTC LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for kind in unicode:libreoffice missing:libreoffice-missing-font; do
	name=${kind#*:}
	"$python" make_libreoffice.py "${kind%%:*}" >"$work/$name.fodt"
	soffice -env:UserInstallation="file://$work/office" --headless --convert-to pdf \
		--outdir . "$work/$name.fodt" >/dev/null 2>&1
	# Writer puts in the time of day, and an identifier made from it: fixed ones of the
	# same length keep the offsets true.
	sed -i -E -e "s/D:[0-9]{14}(\+00'00'|Z)?/D:20240101000000\1/g" \
		-e '/^\/ID \[|^<[0-9A-F]{32}>|^\/DocChecksum /s/[0-9A-F]{32}/00112233445566778899AABBCCDDEEFF/g' "$name.pdf"
done
