package pdftable

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/glyphs.txt
var glyphList string

//go:embed data/metrics.txt
var metricsList string

// glyphNames is read when the first font needs it: fonts with a ToUnicode map mostly do not.
var glyphNames = sync.OnceValue(func() map[string]rune {
	names := make(map[string]rune, 1024)
	for line := range strings.Lines(glyphList) {
		name, code, ok := strings.Cut(strings.TrimSpace(line), " ")
		if v, err := strconv.ParseUint(code, 16, 32); ok && err == nil {
			names[name] = rune(v)
		}
	}
	return names
})

// standardMetrics has the widths of the standard fonts by font and character, in 1/1000 em.
var standardMetrics = sync.OnceValue(func() map[string]map[rune]float64 {
	all := map[string]map[rune]float64{}
	for line := range strings.Lines(metricsList) {
		fields := strings.Fields(line)
		if fields[0] == "#" {
			continue
		}
		widths := map[rune]float64{}
		for _, f := range fields[1:] {
			code, width, _ := strings.Cut(f, ":")
			c, _ := strconv.ParseUint(code, 16, 32)
			w, _ := strconv.ParseFloat(width, 64)
			widths[rune(c)] = w
		}
		all[fields[0]] = widths
	}
	return all
})

// standardWidths gives the advance of a character in the standard font that a name stands for, in em.
func standardWidths(name string) func(rune) float64 {
	family := standardFamily(name)
	if family == "Courier" {
		return func(rune) float64 { return 0.6 }
	}
	return func(r rune) float64 {
		if w, ok := standardMetrics()[family][r]; ok {
			return w / 1000
		}
		return 0.5
	}
}

// glyphText gives the characters that a glyph name stands for by the rules of the Adobe Glyph List: a name of the list,
// uniXXXX, uXXXXXX, parts joined by "_", and anything after a "." left out. It is nil for other names.
func glyphText(name string) []rune {
	name, _, _ = strings.Cut(name, ".")
	var text []rune
	for part := range strings.SplitSeq(name, "_") {
		r, ok := glyphNames()[part]
		if ok {
			text = append(text, r)
			continue
		}
		hex, long := strings.CutPrefix(part, "uni")
		if !long {
			hex, ok = strings.CutPrefix(part, "u")
		}
		switch {
		case long && len(hex) >= 4 && len(hex)%4 == 0 && len(hex) <= 32:
			for ; hex != ""; hex = hex[4:] {
				v, err := strconv.ParseUint(hex[:4], 16, 32)
				if err != nil {
					return nil
				}
				text = append(text, rune(v))
			}
		case ok && len(hex) >= 4 && len(hex) <= 6:
			v, err := strconv.ParseUint(hex, 16, 32)
			if err != nil {
				return nil
			}
			text = append(text, rune(v))
		default:
			return nil
		}
	}
	return text
}
