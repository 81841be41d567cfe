package membership

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"baseline/schemas"
	"baseline/sources/read/listing"
	"baseline/sources/source"
)

// reading is one capture while its list becomes rows.
type reading struct {
	*list
	capture source.Capture
	base    *url.URL
	result  *listing.Result
	emit    source.Emit
	members []*Entry
	held    bool // by a finding of this reading
	open    bool // something of the list was not understood
	asked   map[string]int
}

// entries makes entries of the records and applies the rules of the source.
func (r *reading) entries() {
	for _, record := range r.result.Records {
		e := &Entry{Record: record}
		if e.Class == "" {
			e.Class = r.about.Listing.Class
		}
		if note, ok := strings.CutPrefix(e.Note, "("); ok && strings.Count(e.Note, "(") == 1 && strings.HasSuffix(note, ")") {
			e.Note = strings.TrimSuffix(note, ")")
		}
		e.Address = r.address(e.Links)
		r.joined(e)
		for _, rule := range r.rules {
			rule(e, func(f source.Finding) { r.find(f, e.Path, e.Quote) })
		}
		if !e.Drop {
			r.members = append(r.members, e)
		}
	}
}

// address is the first of the links that leads to a page.
func (r *reading) address(links []listing.Link) string {
	for _, link := range links {
		u, err := r.base.Parse(link.Address)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			return u.String()
		}
	}
	return ""
}

var (
	joinedNote = regexp.MustCompile(`(?i)\b(?:joined|member since|members since|accession|acceded)(?: in| on)?:? *((?:\d{1,2}[./-]\d{1,2}[./-]|\d{1,2} \pL+ |\pL+ )?\d{4})\b`)
	bareYear   = regexp.MustCompile(`(?i)^(?:(?:year|date|since)(?: of \pL+)?:? )?(?:\d{1,2}[./-]\d{1,2}[./-])?(\d{4})$`)
)

// joined reads the year of joining from the notes of an entry. A year that cannot be
// one is left where it stands, in the note.
func (r *reading) joined(e *Entry) {
	var years []int
	for _, m := range joinedNote.FindAllStringSubmatch(e.Note, -1) {
		years = append(years, yearAtEnd(m[1]))
	}
	if r.bareYears {
		for _, clause := range strings.Split(e.Note, "; ") {
			if m := bareYear.FindStringSubmatch(strings.Trim(clause, " ():")); m != nil {
				years = append(years, yearAtEnd(m[1]))
			}
		}
	}
	years = slices.Compact(slices.Sorted(slices.Values(years)))
	if len(years) == 0 {
		return
	}
	if year := years[0]; len(years) == 1 && year >= 1945 && year <= r.capture.Taken.Year() {
		e.JoinedYear = year
		return
	}
	r.find(source.Finding{
		Code: "joined-year-unclear", Severity: source.Question,
		Text: fmt.Sprintf("%s: the note %q does not give one year of joining up to %d", e.Name, e.Note, r.capture.Taken.Year()),
		Hint: "look at the entry; the row has no year",
	}, e.Path, e.Quote)
}

func yearAtEnd(s string) int {
	year, err := strconv.Atoi(s[len(s)-4:])
	if err != nil {
		return 0 // the patterns end in four digits: never
	}
	return year
}

// merge gives each entry the name of its row: the institution, or the part of the state
// where the page names no institution. What the page lists twice becomes one row.
func (r *reading) merge() {
	parts := map[string][]string{} // by row: the parts of the state
	keys := make([]string, len(r.members))
	for i, e := range r.members {
		if e.Organisation == "" {
			e.Organisation = e.Part
		}
		keys[i] = key(e)
		if !slices.Contains(parts[keys[i]], e.Part) {
			parts[keys[i]] = append(parts[keys[i]], e.Part)
		}
	}
	first := map[string]*Entry{}
	kept := r.members[:0]
	for i, e := range r.members {
		if e.Part != "" && e.Part != e.Organisation {
			if len(parts[keys[i]]) > 1 { // institutions of two parts bear one name
				e.Organisation += " (" + e.Part + ")"
			} else if !strings.Contains(e.Note, e.Part) {
				e.Note = joinNotes(e.Part, e.Note)
			}
		}
		if before := first[key(e)]; before != nil {
			r.twice(before, e)
			continue
		}
		first[key(e)] = e
		kept = append(kept, e)
	}
	r.members = kept
}

func key(e *Entry) string { return e.Code + "\x00" + strings.ToLower(e.Organisation) }

func joinNotes(a, b string) string { return strings.Trim(a+"; "+b, "; ") }

// twice adds what a second entry of one member says to the first.
func (r *reading) twice(first, second *Entry) {
	f := source.Finding{
		Code: "listed-twice", Severity: source.Question,
		Text: fmt.Sprintf("%s is listed twice: %q and %q", memberName(second), first.Quote, second.Quote),
		Hint: "one row is made of both; look whether they are one member",
	}
	if first.Class != second.Class || first.JoinedYear != second.JoinedYear && first.JoinedYear*second.JoinedYear != 0 {
		f.Severity = source.Hold
		f.Hint = "the two entries contradict each other; look which is right, or whether a heading is read wrongly"
	}
	r.find(f, second.Path, second.Quote)
	if first.JoinedYear == 0 {
		first.JoinedYear = second.JoinedYear
	}
	if first.Address == "" {
		first.Address = second.Address
	}
	if second.Note != first.Note {
		first.Note = joinNotes(first.Note, second.Note)
	}
}

func memberName(e *Entry) string {
	if e.Organisation == "" {
		return e.Name
	}
	return e.Organisation + ", " + e.Name
}

func (r *reading) part() source.Part {
	return source.Part{
		Dataset: "memberships", Key: []source.Pin{{Column: "network", Value: schemas.Str(r.about.Listing.Network)}},
		Complete: r.about.Listing.Complete && r.result.Ended && !r.held && !r.open,
	}
}

// most is the number of findings of one kind that a steward is shown one by one.
const most = 10

// find reports a finding on the list. Beyond the first of a kind, more are counted only.
func (r *reading) find(f source.Finding, locator, quote string) {
	r.held = r.held || f.Severity == source.Hold
	if r.asked[f.Code]++; r.asked[f.Code] > most {
		return
	}
	f.Dataset, f.Part, f.Locator, f.Quote = "memberships", r.part().Name(), locator, quote
	r.emit.Finding(f)
}

// more says how many findings of each kind were only counted.
func (r *reading) more() {
	for _, code := range slices.Sorted(maps.Keys(r.asked)) {
		if n := r.asked[code] - most; n > 0 {
			r.emit.Finding(source.Finding{
				Code: code, Severity: source.Question, Dataset: "memberships", Part: r.part().Name(),
				Text: fmt.Sprintf("%d more like the %d that are shown", n, most),
				Hint: "look at the page as a whole",
			})
		}
	}
}

// rows emits the part and its rows. A column that no entry fills is one that the list
// does not record: a list of states names no organisations.
func (r *reading) rows() {
	part := r.part()
	part.Columns = []string{"network", "iso3", "published_name", "class"}
	var rows []schemas.Cells
	for _, e := range r.members {
		cells := schemas.Cells{
			"network": part.Key[0].Value, "published_name": schemas.Str(e.Name), "class": schemas.Str(e.Class),
			"organisation": schemas.Str(e.Organisation), "address": schemas.Str(e.Address), "note": schemas.Str(e.Note),
		}
		if e.Class == "" {
			cells["class"] = schemas.Str("unknown")
		}
		if e.JoinedYear != 0 {
			cells["joined_year"] = schemas.Num(int64(e.JoinedYear))
		}
		rows = append(rows, cells)
	}
	for _, column := range []string{"organisation", "joined_year", "address", "note"} {
		if slices.ContainsFunc(rows, func(c schemas.Cells) bool { return !c[column].IsNull() }) {
			part.Columns = append(part.Columns, column)
		}
	}
	r.emit.Part(part)
	for i, e := range r.members {
		r.emit.Row("memberships", rows[i], e.Path, e.Quote)
	}
}
