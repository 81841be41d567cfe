package message

import (
	"regexp"

	"baseline/pipeline/alerts/event"
	"baseline/schemas/places"
)

// kosovo is the place whose name the Council of Europe never writes without its footnote.
const kosovo = "XKX"

// marked marks a name that has a footnote.
func (w *words) marked(name, code string) string {
	if code == kosovo {
		return name + "*"
	}
	return name
}

// note is the footnote that an event needs; "" for most.
func (w *words) note(e event.Event) string {
	if e.Place == kosovo {
		return w.texts["kosovo"]
	}
	return ""
}

func englishPlace(code string) string {
	if p, ok := places.Default().Place(code); ok {
		return p.Name
	}
	return code
}

// englishArticle are the names that a sentence does not use without "the".
var englishArticle = regexp.MustCompile(`^(?:United|European Union|Holy See|Netherlands|Bahamas$|Gambia$|Philippines|Maldives|Seychelles|Comoros|Congo$|Republic|Democratic|Russian|Central African|Dominican Republic|Syrian|Lao |State of|Isle of|British|Caribbean|French Southern|German Democratic|Cayman|Faroe|Falkland|Cook|Marshall|Solomon|Northern Mariana|Turks|Åland|Union of)|Islands$|Territor`)

func theEnglish(code string) string {
	if name := englishPlace(code); englishArticle.MatchString(name) {
		return "the " + name
	} else {
		return name
	}
}

func whoEnglish(code string) actor {
	switch code {
	case "EUE", "VAT", kosovo:
		return actor{theEnglish(code), "it", ""}
	}
	return actor{"the state", "it", ""}
}

func ofTheEnglish(name string) string { return "of " + name }
func toTheEnglish(name string) string { return "to " + name }
