package pdftable

import "strings"

// letters with accents, for fonts that draw the accent and the letter as two glyphs: after each accent, pairs of a letter
// and the letter with that accent.
var accentPairs = map[rune]string{
	'\u00B4': "aáeéiíoóuúyýAÁEÉIÍOÓUÚYÝcćnńsśzźCĆNŃSŚZŹlĺrŕLĹRŔ\u0131í",
	'`':      "aàeèiìoòuùAÀEÈIÌOÒUÙ\u0131ì",
	'^':      "aâeêiîoôuûAÂEÊIÎOÔUÛ\u0131î",
	'\u02C6': "aâeêiîoôuûAÂEÊIÎOÔUÛ\u0131îcĉgĝhĥjĵsŝwŵyŷ",
	'\u00A8': "aäeëiïoöuüyÿAÄEËIÏOÖUÜYŸ\u0131ï",
	'~':      "aãnñoõAÃNÑOÕ",
	'\u02DC': "aãnñoõiĩuũAÃNÑOÕ\u0131ĩ",
	'\u00B8': "cçCÇsşSŞtţTŢ",
	'\u02C7': "cčdďeěnňrřsštťzžCČDĎEĚNŇRŘSŠTŤZŽ",
	'\u02DA': "aåAÅuůUŮ",
	'\u00AF': "aāeēiīoōuūAĀEĒIĪOŌUŪ\u0131ī",
	'\u02D8': "aăgğuŭAĂGĞUŬ",
	'\u02D9': "cċeėgġzżCĊEĖGĠIİZŻ",
	'\u02DD': "oőuűOŐUŰ",
	'\u02DB': "aąeęiįuųAĄEĘIĮUŲ",
}

// accented gives the letter with the accent as one character, if there is one.
func accented(letter, accent rune) (rune, bool) {
	pairs := []rune(accentPairs[accent])
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == letter {
			return pairs[i+1], true
		}
	}
	return 0, false
}

// superscript writes the digits of a raised text as superscript digits: a note's number stays apart from the number it is
// printed at.
var superscript = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")
