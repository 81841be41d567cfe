package prose

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"baseline/output/figures"
	"baseline/schemas"
	"baseline/schemas/places"
)

// kinds are the computations: each returns what it computes, in the form of the stated
// value, and whether the statement follows. It returns an error if the facts lack what
// it needs.
var kinds = map[string]func(facts, Statement) (computed string, follows bool, err error){
	"size":       size,       // how many states the group has
	"named":      named,      // the stated codes are in the group
	"count":      count,      // in how many of the group the condition holds
	"list":       list,       // in which of the group it holds: exactly the stated ones
	"includes":   includes,   // it holds in all the stated ones at least
	"value":      value,      // of one place
	"mean":       mean,       // over the group
	"wider":      wider,      // a column varies more than another: standard deviation
	"arithmetic": arithmetic, // on the stated numbers themselves
	"editions":   editions,   // of a series
	"capability": capability, // title of a capability of appendix 2
}

func size(f facts, s Statement) (string, bool, error) {
	group, err := f.group(s.Group)
	if err != nil {
		return "", false, err
	}
	if s.Stated == "majority" {
		all, err := f.group("all")
		return fmt.Sprintf("%d of %d", len(group), len(all)), 2*len(group) > len(all), err
	}
	n := strconv.Itoa(len(group))
	return n, n == s.Stated, nil
}

func named(f facts, s Statement) (string, bool, error) {
	group, err := f.group(s.Group)
	for _, code := range strings.Fields(s.Stated) {
		if !slices.Contains(group, code) {
			return Names(group), false, err
		}
	}
	return Names(group), true, err
}

// few is up to how many states are named that make the difference.
const few = 5

func count(f facts, s Statement) (string, bool, error) {
	group, err := f.group(s.Group)
	if err != nil {
		return "", false, err
	}
	in, err := f.where(group, s.Where)
	if err != nil {
		return "", false, err
	}
	computed := fmt.Sprintf("%d of %d", len(in), len(group))
	out := slices.DeleteFunc(slices.Clone(group), func(c string) bool { return slices.Contains(in, c) })
	switch {
	case s.Stated == "none" && len(in) > 0 && len(in) <= few:
		computed += ": " + Names(in)
	case strings.HasPrefix(s.Stated, "all") && len(out) > 0 && len(out) <= few:
		computed += ": all but " + Names(out)
	}
	follows, err := fits(s.Stated, len(in), len(group))
	return computed, follows, err
}

// fits reads what the report states of n among all.
func fits(stated string, n, all int) (bool, error) {
	if least, ok := strings.CutPrefix(stated, "at least "); ok {
		m, err := strconv.Atoi(least)
		return n >= m, err
	}
	switch stated {
	case "all":
		return n == all, nil
	case "all but one":
		return n == all-1, nil
	case "none":
		return n == 0, nil
	case "majority":
		return 2*n > all, nil
	case "vast majority":
		return 4*n >= 3*all, nil
	}
	m, err := strconv.Atoi(stated)
	return n == m, err
}

func list(f facts, s Statement) (string, bool, error) {
	group, err := f.group(s.Group)
	if err != nil {
		return "", false, err
	}
	in, err := f.where(group, s.Where)
	want := strings.Fields(s.Stated)
	slices.Sort(in)
	slices.Sort(want)
	return Names(in), slices.Equal(in, want), err
}

func includes(f facts, s Statement) (string, bool, error) {
	in, err := f.where(strings.Fields(s.Stated), s.Where)
	return Names(in), len(in) == len(strings.Fields(s.Stated)), err
}

func value(f facts, s Statement) (string, bool, error) {
	e, err := parseExpr(s.Where)
	if err != nil {
		return "", false, err
	}
	v, err := f.value(e, s.Group)
	if err != nil {
		return "", false, err
	}
	if v.Kind() == schemas.Text {
		return v.Text(), v.Text() == s.Stated, nil
	}
	n, err := f.number(e, s.Group)
	computed := rounded(n, s.Stated)
	return computed, computed == s.Stated, err
}

func mean(f facts, s Statement) (string, bool, error) {
	numbers, err := f.numbers(s.Group, s.Where)
	if err != nil || len(numbers) == 0 {
		return "", false, err
	}
	sum := 0.0
	for _, n := range numbers {
		sum += n
	}
	computed := rounded(sum/float64(len(numbers)), s.Stated)
	return computed, computed == s.Stated, nil
}

func wider(f facts, s Statement) (string, bool, error) {
	one, other, ok := strings.Cut(s.Where, " > ")
	if !ok {
		return "", false, fmt.Errorf("%q does not compare two columns", s.Where)
	}
	a, err := f.numbers(s.Group, one)
	if err != nil {
		return "", false, err
	}
	b, err := f.numbers(s.Group, other)
	return fmt.Sprintf("standard deviation %.2f against %.2f", deviation(a), deviation(b)), deviation(a) > deviation(b), err
}

func deviation(numbers []float64) float64 {
	n, sum, squares := float64(len(numbers)), 0.0, 0.0
	for _, x := range numbers {
		sum += x
		squares += x * x
	}
	return math.Sqrt(squares/n - sum/n*sum/n)
}

var operation = regexp.MustCompile(`^(\d+(?:\.\d+)?) (\+|-|of) (\d+(?:\.\d+)?)$`)

func arithmetic(_ facts, s Statement) (string, bool, error) {
	m := operation.FindStringSubmatch(s.Where)
	if m == nil {
		return "", false, fmt.Errorf("%q is neither a + b, a - b nor a of b", s.Where)
	}
	a, _ := strconv.ParseFloat(m[1], 64)
	b, _ := strconv.ParseFloat(m[3], 64)
	x := 100 * a / b
	switch m[2] {
	case "+":
		x = a + b
	case "-":
		x = a - b
	}
	computed := rounded(x, s.Stated)
	return computed, computed == s.Stated, nil
}

func editions(f facts, s Statement) (string, bool, error) {
	d := schemas.Named(s.Where)
	if d == nil || d.Series == "" {
		return "", false, fmt.Errorf("%q is no dataset with a series", s.Where)
	}
	var found []string
	for _, r := range f.Rows[d.Name] {
		if v := r.Values[d.Column(d.Series)].String(); !slices.Contains(found, v) {
			found = append(found, v)
		}
	}
	if found == nil {
		return "", false, fmt.Errorf("there is no row of %s", d.Name)
	}
	slices.Sort(found)
	computed := strings.Join(found, " and ")
	return computed, computed == s.Stated, nil
}

func capability(f facts, s Statement) (string, bool, error) {
	d := &schemas.ModelResponse
	for _, r := range f.Rows[d.Name] {
		if r.Values[d.Column("capability")].String() == s.Where {
			title := r.Values[d.Column("title")].Text()
			return title, strings.EqualFold(title, s.Stated), nil
		}
	}
	return "", false, fmt.Errorf("there is no row of capability %s", s.Where)
}

// rounded prints x with as many decimals as the stated value has, half away from zero.
func rounded(x float64, stated string) string {
	_, fraction, _ := strings.Cut(stated, ".")
	scale := math.Pow10(len(fraction))
	return strconv.FormatFloat(math.Round(x*scale)/scale, 'f', len(fraction), 64)
}

// Names prints codes as names.
func Names(codes []string) string {
	var list []string
	for _, code := range codes {
		if p, ok := places.Default().Place(code); ok {
			code = p.Name
		}
		list = append(list, code)
	}
	if list == nil {
		return "none"
	}
	return strings.Join(list, ", ")
}

// facts are the datasets, with the questions that statements ask of them.
type facts struct{ figures.Facts }

// group returns the codes that a list of groups and codes names: all are the states of
// the edition, focus and eu27 groups of the registry.
func (f facts) group(text string) ([]string, error) {
	var codes []string
	for _, word := range strings.Fields(text) {
		without, minus := strings.CutPrefix(word, "-")
		members := places.Default().Group(word)
		switch _, known := places.Default().Place(without); {
		case minus && known:
			codes = slices.DeleteFunc(codes, func(c string) bool { return c == without })
			continue
		case word == "all":
			d := &schemas.States
			for _, r := range f.Rows[d.Name] {
				members = append(members, r.Values[d.Column("iso3")].Text())
			}
		case known:
			members = []string{word}
		}
		if members == nil {
			return nil, fmt.Errorf("there is no state or group %q", word)
		}
		codes = append(codes, members...)
	}
	return codes, nil
}

func (f facts) numbers(group, where string) ([]float64, error) {
	codes, err := f.group(group)
	if err != nil {
		return nil, err
	}
	e, err := parseExpr(where)
	if err != nil {
		return nil, err
	}
	var numbers []float64
	for _, code := range codes {
		n, err := f.number(e, code)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}
