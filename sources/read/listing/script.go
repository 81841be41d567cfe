package listing

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// data is a list found in data: in a script of a page, or in an answer that is JSON.
type data struct {
	p       *page
	options map[string]string // value of an option: its text
	css     string            // path of the script
	lists   []*dataList
}

type dataList struct {
	rd    *reader
	class string
	owner string // pointer of the object that holds it
}

// scripts returns the lists in the data of the page's scripts.
func (p *page) scripts(order int) ([]*candidate, error) {
	var out []*candidate
	count := 0
	for _, raw := range p.t.raw {
		d := &data{p: p, css: p.t.path(raw.node)}
		l := &literal{s: string(raw.body), count: count}
		for l.next() {
			from := l.i
			v, err := l.value(0)
			if errors.Is(err, ErrLimit) {
				return nil, err
			}
			if l.i <= from {
				l.i = from + 1
			}
			if err == nil {
				d.walk(v, "", "")
			}
		}
		count = l.count
		out = append(out, d.candidates(order+len(out))...)
	}
	return out, nil
}

// next moves to the next place where a literal may begin: at the start, after an
// assignment, or as an argument.
func (l *literal) next() bool {
	for ; l.i < len(l.s); l.i++ {
		if c := l.s[l.i]; c != '{' && c != '[' {
			continue
		}
		k := l.i - 1
		for k >= 0 && (l.s[k] == ' ' || l.s[k] == '\n' || l.s[k] == '\t' || l.s[k] == '\r') {
			k--
		}
		if k < 0 || l.s[k] == '=' || l.s[k] == '(' || l.s[k] == ',' || l.s[k] == ':' || l.s[k] == '>' || l.s[k] == '/' {
			return true
		}
		if k >= 5 && strings.HasSuffix(l.s[:k+1], "return") {
			return true
		}
	}
	return false
}

// readJSON reads an answer that is JSON.
func readJSON(body []byte, want Want) (*Result, error) {
	l := &literal{s: string(body)}
	v, err := l.value(0)
	if errors.Is(err, ErrLimit) {
		return nil, err
	}
	l.blanks()
	if v == nil || err != nil && !l.cut {
		return nil, fmt.Errorf("the bytes begin like JSON and are none, at byte %d: %w", l.i, ErrNotHTML)
	}
	complete := err == nil && l.i == len(l.s)
	var pages []string
	v.rendered(&pages)
	var r *Result
	if len(pages) > 0 {
		t, perr := parse([]byte(strings.Join(pages, "\n<hr>\n")))
		if perr != nil {
			return nil, perr
		}
		r, err = readTree(t, want)
	} else {
		t, perr := parse([]byte("<p></p>"))
		if perr != nil {
			return nil, perr
		}
		p := &page{t: t, n: newNames(want), want: want, first: -1}
		d := &data{p: p}
		d.walk(v, "", "")
		r, err = p.choose(d.candidates(0))
	}
	if err != nil {
		return nil, err
	}
	r.Ended = complete
	return r, nil
}

// rendered collects the HTML of content.rendered, at any depth.
func (v *value) rendered(out *[]string) {
	for i, one := range v.values {
		if v.kind == '{' && i < len(v.keys) && v.keys[i] == "content" && one.kind == '{' {
			if html := one.field("rendered"); html != nil && html.kind == '"' {
				*out = append(*out, html.str)
				continue
			}
		}
		one.rendered(out)
	}
}

func (v *value) field(key string) *value {
	for i, k := range v.keys {
		if k == key && i < len(v.values) {
			return v.values[i]
		}
	}
	return nil
}

// nameOf resolves a text of the data, also by the drop-down whose options have it as
// their value.
func (d *data) nameOf(s string) (name, bool) {
	s = strings.Join(strings.Fields(s), " ")
	if r, ok := d.p.n.entryText(s); ok {
		return r, true
	}
	if d.options == nil {
		d.options = map[string]string{}
		for i := range d.p.t.lines {
			if o := d.p.t.within(d.p.t.lines[i].block, atom.Option); o >= 0 {
				if v := d.p.t.attribute(o, "value"); v != "" && strings.Trim(v, "0123456789") != "" {
					d.options[v] = d.p.t.lineText(&d.p.t.lines[i])
				}
			}
		}
	}
	if txt := d.options[s]; txt != "" {
		return d.p.n.entryText(txt)
	}
	return name{}, false
}

func (d *data) walk(v *value, pointer, class string) {
	if v.kind != '{' && v.kind != '[' {
		return
	}
	if d.list(v, pointer, class) {
		return
	}
	for i, one := range v.values {
		key := strconv.Itoa(i)
		c := class
		if v.kind == '{' && i < len(v.keys) {
			key = v.keys[i]
			if in := d.p.n.classIn(strings.ReplaceAll(key, "_", " ")); in != "" {
				c = in
			}
		}
		d.walk(one, pointer+"/"+escapePointer(key), c)
	}
}

func escapePointer(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1")
}

// list reads v as a list: an array of names or of objects with a name, or an object
// whose keys are names.
func (d *data) list(v *value, pointer, class string) bool {
	nameKey, named := "", 0
	at := make([]name, len(v.values)) // the state of each value
	if v.kind == '{' {
		for i := range v.values {
			if i < len(v.keys) {
				if r, ok := d.nameOf(v.keys[i]); ok && r.rest == "" {
					at[i] = r
					named++
				}
			}
		}
	} else {
		nameKey = d.nameKey(v)
		for i, one := range v.values {
			if r, ok := d.nameOf(one.text(nameKey)); ok {
				at[i] = r
				named++
			}
		}
	}
	least := minStates
	if class != "" {
		least = 1
	}
	if named < least || named*2 < len(v.values) {
		return false
	}
	rd := &reader{p: d.p, r: &Result{Shape: "script", Ended: d.p.t.ended}, seen: map[[5]string]bool{}}
	for i, one := range v.values {
		key := strconv.Itoa(i)
		if v.kind == '{' {
			key = v.keys[i]
		}
		path := d.css + " json " + pointer + "/" + escapePointer(key)
		rd.r.Texts++
		if at[i].code == "" {
			s := one.text(nameKey)
			if v.kind == '{' {
				s = key
			}
			rd.r.Left = append(rd.r.Left, Left{Text: s, Path: path, Why: d.p.why(s)})
			continue
		}
		rd.r.Understood++
		d.record(rd, &section{class: class}, at[i], one, nameKey, path)
	}
	if len(codesOf(rd.r)) < least {
		return false
	}
	owner := pointer
	if k := strings.LastIndexByte(pointer, '/'); k >= 0 {
		owner = pointer[:k]
	}
	d.lists = append(d.lists, &dataList{rd: rd, class: class, owner: owner})
	return true
}

// text is the string of a value, or of one of its fields or places.
func (v *value) text(key string) string {
	switch v.kind {
	case '"':
		return v.str
	case '{':
		if f := v.field(key); f != nil && f.kind == '"' {
			return f.str
		}
	case '[':
		if i, err := strconv.Atoi(key); err == nil && i < len(v.values) && v.values[i].kind == '"' {
			return v.values[i].str
		}
	}
	return ""
}

// nameKey is the field of objects, or the place in rows, that names states most often.
func (d *data) nameKey(v *value) string {
	n := map[string]int{}
	var order []string
	for _, one := range v.values[:min(len(v.values), 200)] {
		for i, f := range one.values {
			if f.kind != '"' || len(f.str) > 200 {
				continue
			}
			key := strconv.Itoa(i)
			if one.kind == '{' && i < len(one.keys) {
				key = one.keys[i]
			}
			if r, ok := d.nameOf(f.str); ok {
				if n[key] == 0 {
					order = append(order, key)
				}
				n[key] += 2
				if r.rest != "" {
					n[key]--
				}
			}
		}
	}
	best := ""
	for _, k := range order {
		if best == "" || n[k] > n[best] || n[k]*10 >= n[best]*8 && countryLabels[strings.ToLower(k)] && !countryLabels[strings.ToLower(best)] {
			best = k
		}
	}
	return best
}

// record reads one value of a list.
func (d *data) record(rd *reader, s *section, n name, v *value, nameKey, path string) {
	quote := []string{n.printed}
	var own []entryText
	var nested []*value
	hasOrg := false
	for _, k := range v.keys {
		hasOrg = hasOrg || k != nameKey && labelRole(plainKey(k)) == "organisation"
	}
	own = append(own, rd.restTexts(n, nil)...)
	if v.kind == '"' {
		if v.str != "" && nameKey == "" && v.str != n.printed {
			if r, ok := d.nameOf(v.str); !ok || r.code != n.code {
				own = append(own, entryText{s: v.str, block: -1})
			}
		}
	}
	fields := v.values
	if v.kind == '[' && nameKey == "" {
		nested, fields = []*value{v}, nil // a list of institutions under the key that names the state
	}
	for i, f := range fields {
		key := strconv.Itoa(i)
		if v.kind == '{' && i < len(v.keys) {
			key = v.keys[i]
		}
		switch {
		case key == nameKey && f.kind == '"':
		case f.kind == 'x':
			own = append(own, number(key, f.str)...)
		case f.kind == '[' || f.kind == '{' && v.kind == '[':
			nested = append(nested, f)
		case f.kind == '"':
			if t, ok := d.field(&n, key, f.str, hasOrg, v.kind == '['); ok {
				own = append(own, t)
				quote = append(quote, f.str)
			}
		}
	}
	institutions := 0
	for _, list := range nested {
		rows := list.values
		if list.kind == '{' {
			rows = []*value{list}
		}
		for _, one := range rows {
			texts := slices.Clone(own)
			q := slices.Clone(quote)
			if one.kind == '"' {
				if isAddress(one.str) || d.p.n.classOf(one.str) != "" {
					continue
				}
				texts, q = append(texts, entryText{s: one.str, role: "organisation", block: -1}), append(q, one.str)
			} else {
				named := false
				for _, k := range one.keys {
					named = named || labelRole(plainKey(k)) == "organisation"
				}
				for i, f := range one.values {
					if f.kind == 'x' && i < len(one.keys) {
						texts = append(texts, number(one.keys[i], f.str)...)
					}
					if f.kind != '"' || i >= len(one.keys) && one.kind == '{' {
						continue
					}
					key := strconv.Itoa(i)
					if one.kind == '{' {
						key = one.keys[i]
					}
					if t, ok := d.field(&n, key, f.str, named, one.kind == '['); ok {
						texts, q = append(texts, t), append(q, f.str)
					}
				}
			}
			if len(texts) == len(own) {
				continue
			}
			institutions++
			rd.records(s, n, texts, path, strings.Join(q, " "))
		}
	}
	if institutions == 0 {
		rd.records(s, n, own, path, strings.Join(quote, " "))
	}
}

// number keeps the years and dates of an entry, such as "joined": 1999.
func number(key, s string) []entryText {
	if !noteLabels[plainKey(key)] || strings.Trim(s, "0123456789") != "" {
		return nil
	}
	return []entryText{{s: plainKey(key) + " " + s, role: "note", block: -1}}
}

func plainKey(k string) string {
	return strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(k))
}

// field turns a field into a text of the entry. Fields whose key says nothing are left
// unless no other could be the institution.
func (d *data) field(n *name, key, s string, hasOrg, row bool) (entryText, bool) {
	s = strings.Join(strings.Fields(s), " ")
	t := entryText{s: s, block: -1}
	role := labelRole(plainKey(key))
	switch {
	case s == "":
		return t, false
	case d.p.n.classOf(s) != "":
		t.role = "class"
		return t, true
	case isAddress(s):
		t.role, t.links = "link", []Link{{Text: s, Address: s}}
		return t, true
	case parts()[strings.ToLower(s)] == n.code:
		if n.part == "" {
			n.part = s
		}
		return t, false
	case role == "country":
		return t, false
	case role == "":
		if r, ok := d.nameOf(s); ok && r.code == n.code && r.rest == "" || hasOrg || isDetail(s, false) || !row && (len(s) < 4 || !strings.Contains(s, " ")) {
			return t, false
		}
		return t, true
	}
	t.role = role
	return t, true
}

// candidates makes one candidate of each list; lists for classes in one object are one.
func (d *data) candidates(order int) (out []*candidate) {
	byOwner := map[string]*candidate{}
	for _, l := range d.lists {
		if c := byOwner[l.owner]; c != nil && l.class != "" {
			r := c.result
			r.Records = append(r.Records, l.rd.r.Records...)
			r.Texts += l.rd.r.Texts
			r.Understood += l.rd.r.Understood
			r.Left = append(append(r.Left, l.rd.r.Left...), l.rd.aux...)
			c.codes = codesOf(r)
			continue
		}
		r := l.rd.r
		r.Left = append(r.Left, l.rd.aux...)
		c := &candidate{result: r, shape: "script", codes: codesOf(r), order: order + len(out)}
		if l.class != "" {
			byOwner[l.owner] = c
		}
		out = append(out, c)
	}
	for _, c := range out {
		rich := 0
		for _, r := range c.result.Records {
			if r.Organisation != "" || r.Class != "" {
				rich++
			}
		}
		w := 0.1 // names alone are the data of a map or a menu
		if rich*2 > len(c.result.Records) {
			w = 1.5
		}
		c.score = float64(len(c.codes)) * w * c.result.Share()
	}
	return out
}
