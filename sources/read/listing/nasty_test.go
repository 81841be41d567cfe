package listing

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"
)

// The pages of this file are made up. Each holds what breaks readers of lists.

// brief writes records as "CODE[/part][: organisation][ =class][ ~note]".
func brief(r *Result) string {
	var out []string
	for _, x := range r.Records {
		s := x.Code
		if x.Part != "" {
			s += "/" + x.Part
		}
		if x.Organisation != "" {
			s += ": " + x.Organisation
		}
		if x.Class != "" {
			s += " =" + x.Class
		}
		if x.Note != "" {
			s += " ~" + x.Note
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func TestNastyPages(t *testing.T) {
	for name, c := range map[string]struct {
		page, want string
		wrong      Want
		left       string // a text that must be left, with a part of the reason
		share      float64
	}{
		"totals, repeated header, footnote row": {
			page: pageOf(`<table><tr><th>Country<th>Hotline<th>Joined<tr><td>Austria*<td>Stopline<td>1999<tr><td>Belgium<sup>1</sup><td>Child Focus<td>2001
				<tr><th>Country<th>Hotline<th>Joined<tr><td>Cyprus<td>Cyberethics<td>2006<tr><td>Total<td>3<td><tr><td colspan=3>1 Since 2001 under another name, see the report of that year.</table>`),
			want: "AUT: Stopline ~Joined 1999\nBEL: Child Focus ~Joined 2001\nCYP: Cyberethics ~Joined 2006", left: "sums up", share: 1,
		},
		"an unknown state in a table": {
			page: pageOf(`<table><tr><th>Country<th>Body<tr><td>Austria<td>A<tr><td>Atlantis<td>Deep Office<tr><td><td>Second Deep Office<tr><td>Belgium<td>B<tr><td>Cyprus<td>C<tr><td>Malta<td>M</table>`),
			want: "AUT: A\nBEL: B\nCYP: C\nMLT: M", left: "Atlantis Deep Office",
		},
		"an unknown state in a list": {
			page: pageOf(`<ul><li>Austria<li>Atlantis<li>Belgium<li>Cyprus<li>Malta<li>Zubrowka</ul>`),
			want: "AUT\nBEL\nCYP\nMLT", left: "Zubrowka",
		},
		"an unknown state under a heading takes its institutions along": {
			page: pageOf(`<h3>Austria</h3><ul><li>A1</ul><h3>Atlantis</h3><ul><li>Deep Office</ul><h3>Belgium</h3><ul><li>Bureau<li>Buro</ul><h3>Cyprus</h3><ul><li>Office C</ul>`),
			want: "AUT: A1\nBEL: Bureau\nBEL: Buro\nCYP: Office C", left: "Atlantis",
		},
		"hidden copies for narrow and wide screens": {
			page: pageOf(`<div>` + items([]string{"Austria", "Belgium", "Cyprus", "Malta"}, `<div><div class=m>%[1]s</div><div class=d>%[1]s</div><p>Office in %[1]s city</p></div>`) + `</div>`),
			want: "AUT: Office in Austria city\nBEL: Office in Belgium city\nCYP: Office in Cyprus city\nMLT: Office in Malta city", share: 1,
		},
		"the whole list twice": {
			page: pageOf(`<div class=desktop><ul>` + items([]string{"Austria", "Belgium", "Cyprus", "Malta"}, `<li>%s</li>`) + `</ul></div><div class=mobile><ul>` + items([]string{"Austria", "Belgium", "Cyprus", "Malta"}, `<li>%s</li>`) + `</ul></div>`),
			want: "AUT\nBEL\nCYP\nMLT", share: 1,
		},
		"a table inside a table for layout": {
			page: pageOf(`<table><tr><td><a href=/>Home</a><br><a href=/n>News</a></td><td><table><tr><td>Austria</td><td><table><tr><td>Office A</td></tr></table></td></tr><tr><td>Belgium</td><td><table><tr><td>Office B</td></tr></table></td></tr><tr><td>Cyprus</td><td>Office C</td></tr></table></td></tr></table>`),
			want: "AUT: Office A\nBEL: Office B\nCYP: Office C",
		},
		"an institution named like another state": {
			page: pageOf(`<table><tr><th>Country<th>Member<tr><td>Austria<td>Save the Children<tr><td>Belgium<td>Luxembourg<tr><td>Cyprus<td>Jordan Foundation<tr><td>Malta<td>Office</table>`),
			want: "AUT: Save the Children\nBEL: Luxembourg\nCYP: Jordan Foundation\nMLT: Office", share: 1,
		},
		"postal lines": {
			page: pageOf(`<h3>Austria</h3><p><a href="https://kija.example">Ombuds Office</a><br>Museum Street 12<br>A-1070 Vienna<br>Tel. +43 1 70 77 000<br>office@example.org</p><h3>Belgium</h3><p><a href="https://b.example">Commissioner</a><br>Leuven Road 86<br>1000 Brussels</p><h3>Malta</h3><p><a href="https://m.example">Commissioner M</a></p>`),
			want: "AUT: Ombuds Office ~Museum Street 12; A-1070 Vienna; Tel. +43 1 70 77 000; office@example.org\nBEL: Commissioner ~Leuven Road 86; 1000 Brussels\nMLT: Commissioner M", share: 1,
		},
		"flags": {
			page: pageOf(`<ul><li>🇸🇪 Sweden<li>🇳🇴 Norway – Slettmeg<li>🇩🇰<li>🇫🇮 Finland (joined 2004)</ul>`),
			want: "SWE\nNOR: Slettmeg\nDNK\nFIN ~joined 2004", share: 1,
		},
		"local names": {
			page: pageOf(`<ul><li>Deutschland<li>Sverige<li>Österreich<li>Suède<li>Ελλάδα<li>Україна<li>საქართველო<li>Shqipëria<li>Magyarország</ul>`),
			want: "DEU\nSWE\nAUT\nGRC\nUKR\nGEO\nALB\nHUN", share: 1, left: "the same entry",
		},
		"regions and notes": {
			page: pageOf(`<ul><li>Spain (Catalonia)<li>Belgium - Flanders<li>England<li>Egypt (not pictured)<li>Italy joined 1999<li>Kosovo*<li>Congo (Kinshasa)<li>Denmark (Greenland)</ul>`),
			want: "ESP/Catalonia\nBEL/Flanders\nGBR/England\nEGY ~not pictured\nITA ~joined 1999\nXKX\nDNK/Greenland", left: "Congo (Kinshasa)",
		},
		"brackets that belong to the name": {
			page: pageOf(`<ul><li>Moldova (Republic of)<li>Korea (Republic of)<li>Congo (Democratic Republic of the)<li>Lesotho (Kingdom of)<li>Iran (Islamic Republic of)<li>Austria (People's Republic of)</ul>`),
			want: "MDA\nKOR\nCOD\nLSO\nIRN", left: "Austria (People's",
		},
		"letters over the parts": {
			page: pageOf(`<h2>Members</h2>` + `<h3>A</h3><ul><li>Albania<li>Austria</ul><h3>B</h3><ul><li>Belgium</ul><h3>C</h3><ul><li>Croatia<li>Cyprus</ul><h3>Z</h3><ul><li>Zambia</ul>`),
			want: "ALB\nAUT\nBEL\nHRV\nCYP\nZMB", share: 1,
		},
		"regions over the parts": {
			page: pageOf(`<h3>Europe and Central Asia</h3><ul><li>Albania<li>Austria<li>Malta</ul><h3>Africa</h3><ul><li>Kenya<li>Ghana</ul><h3>Latin America</h3><ul><li>Peru</ul>`),
			want: "ALB\nAUT\nMLT\nKEN\nGHA\nPER", share: 1,
		},
		"two lists side by side in one table": {
			page: pageOf(`<table><tr><td>Albania<td>1995<td>Malta<td>1965<tr><td>Austria<td>1956<td>Norway<td>1949<tr><td>Belgium<td>1949<td>Spain<td>1977<tr><td>Cyprus<td>1961<td>Sweden<td>1949</table>`),
			want: "ALB ~1995\nAUT ~1956\nBEL ~1949\nCYP ~1961\nMLT ~1965\nNOR ~1949\nESP ~1977\nSWE ~1949", share: 1,
		},
		"only what stands under a heading": {
			page:  pageOf(`<h2>Partners</h2><ul><li>Albania<li>Austria<li>Belgium<li>Croatia</ul><h2>Hotlines</h2><ul><li>Malta<li>Norway<li>Spain</ul>`),
			wrong: Want{Under: []string{"hotlines"}}, want: "MLT\nNOR\nESP", share: 1, left: "under \"Partners\"",
		},
		"not what stands under a heading": {
			page:  pageOf(`<h2>Former members</h2><ul><li>Albania<li>Austria<li>Belgium<li>Croatia</ul><h2>Members</h2><ul><li>Malta<li>Norway<li>Spain</ul>`),
			wrong: Want{Not: []string{"former members"}}, want: "MLT\nNOR\nESP", share: 1,
		},
		"a class in the middle of an institution's name is none": {
			page:  pageOf(`<ul><li>Austria: Full House<li>Belgium: Office (full member)<li>Cyprus: Bureau – Associate member<li>Malta: Full</ul>`),
			wrong: fullOrAssociate, want: "AUT: Full House\nBEL: Office =full\nCYP: Bureau =associate\nMLT =full", share: 1,
		},
		"entities": {
			page: pageOf(`<ul><li>C&ocirc;te d&rsquo;Ivoire<li>Bosnia &amp; Herzegovina<li>T&uuml;rkiye<li>Czech&nbsp;Republic</ul>`),
			want: "CIV\nBIH\nTUR\nCZE", share: 1,
		},
		"institutions in lines of a cell": {
			page: pageOf(`<table><tr><th>Country<th>Hotline(s)<tr><td>Austria<td>Stopline<tr><td>Germany<td>eco<br>FSM<br>jugendschutz.net<tr><td>Italy<td><a href=/1>Telefono</a><br><a href=/2>Save</a></table>`),
			want: "AUT: Stopline\nDEU: eco\nDEU: FSM\nDEU: jugendschutz.net\nITA: Telefono\nITA: Save", share: 1,
		},
		"an address in lines of a cell": {
			page: pageOf(`<table><tr><th>Country<th>Institution<tr><td>Austria<td>Ombuds Office<br>Museum Street<br>1070 Vienna<tr><td>Ireland<td>Ombudsman<br>Millennium House<tr><td>Malta<td>Commissioner</table>`),
			want: "AUT: Ombuds Office ~Museum Street; 1070 Vienna\nIRL: Ombudsman ~Millennium House\nMLT: Commissioner", share: 1,
		},
		"lists in lists": {
			page: pageOf(`<ul><li>Austria<ul><li>Office A<li>Office B</ul><li>Belgium<ul><li>Flanders: Commissariat<li>Wallonia: Délégué</ul><li>Cyprus<ul><li>Commissioner</ul></ul>`),
			want: "AUT: Office A\nAUT: Office B\nBEL/Flanders: Commissariat\nBEL/Wallonia: Délégué\nCYP: Commissioner", share: 1,
		},
		"regions over lists in a list": {
			page: pageOf(`<ul><li>Europe<ul><li>Austria<li>Belgium<li>Cyprus</ul><li>Africa<ul><li>Kenya<li>Ghana</ul></ul>`),
			want: "AUT\nBEL\nCYP\nKEN\nGHA",
		},
		"a number before the name": {
			page: pageOf(`<table><tr><th>No<th>Country<th>Organisation<tr><td>1<td>Austria<td>A<tr><td>2<td>Belgium<td>B<tr><td>3<td>Cyprus<td>C</table><ol><li>x</ol>`),
			want: "AUT: A ~No 1\nBEL: B ~No 2\nCYP: C ~No 3", share: 1,
		},
		"institution above the country": {
			page: pageOf(`<div>` + items([]string{"Austria", "Belgium", "Cyprus", "Malta"}, `<div><h3>Hotline of %[1]s</h3><p>%[1]s</p></div>`) + `</div>`),
			want: "AUT: Hotline of Austria\nBEL: Hotline of Belgium\nCYP: Hotline of Cyprus\nMLT: Hotline of Malta", share: 1,
		},
		"country labelled": {
			page: pageOf(`<ul><li><span>Country:</span> <b>Austria</b><br>Organisation: Stopline<br>Joined: 1999<li><span>Country:</span> <b>Belgium</b><br>Organisation: Child Focus<br>Joined: 2001<li><span>Country:</span> <b>Malta</b><br>Organisation: Agenzija</ul>`),
			want: "AUT: Stopline ~1999\nBEL: Child Focus ~2001\nMLT: Agenzija", share: 1,
		},
		"labels of tabs give no class": {
			page:  pageOf(`<div><button>Full members</button><button>Associate members</button></div><div><ul><li>Austria<li>Belgium<li>Cyprus</ul></div><div><ul><li>Malta<li>Norway<li>Spain</ul></div>`),
			wrong: fullOrAssociate, want: "AUT\nBEL\nCYP\nMLT\nNOR\nESP", share: 1,
		},
		"one associate only": {
			page:  pageOf(`<h2>Full members</h2><ul><li>Austria<li>Belgium<li>Cyprus<li>Malta</ul><h2>Associate members</h2><ul><li>Azerbaijan</ul><h2>Observers</h2><ul><li>Japan</ul>`),
			wrong: fullOrAssociate, want: "AUT =full\nBEL =full\nCYP =full\nMLT =full\nAZE =associate", share: 1,
		},
		"a short list beside a long menu": {
			page: pageOf(`<h2>Members of the network</h2><ul><li>Austria: A<li>Belgium: B<li>Cyprus: C<li>Malta: D<li>Norway: E</ul>`) + "",
			want: "AUT: A\nBEL: B\nCYP: C\nMLT: D\nNOR: E", share: 1,
		},
		"hotlines within data": {
			page: pageOf(`<select><option value="">Choose<option value="at">Austria<option value="de">Germany<option value="mt">Malta</select><script>const data = {"at": {"hotlines": [{"name": "Stopline", "joined": 1999, "url": "https://stopline.at"}]}, "de": {"hotlines": [{"name": "eco", "joined": 2001}, {"name": "FSM"}]}, "mt": {"hotlines": [{"name": "Agenzija"}]}};</script>`),
			want: "AUT: Stopline ~joined 1999\nDEU: eco ~joined 2001\nDEU: FSM\nMLT: Agenzija", share: 1,
		},
		"data keyed by name": {
			page: pageOf(`<script>var m = {Austria: ["Stopline"], Germany: ["eco", "FSM"], 'Malta': "Agenzija"};</script>`),
			want: "AUT: Stopline\nDEU: eco\nDEU: FSM\nMLT: Agenzija", share: 1,
		},
		"rows in data": {
			page: pageOf(`<script>draw([["Country","Hotline"],["Austria","Stopline"],["Germany","eco"],["Malta","Agenzija"],["Spain","INCIBE"]])</script>`),
			want: "AUT: Stopline\nDEU: eco\nMLT: Agenzija\nESP: INCIBE",
		},
		"a map of all and a list of members": {
			page: pageOf(`<svg>` + items(menuStates, `<path><title>%s</title></path>`) + `</svg><ul><li>Austria<li>Belgium<li>Cyprus<li>Malta<li>Norway<li>Spain<li>Sweden<li>Poland<li>Italy<li>Ireland<li>Iceland<li>France<li>Finland<li>Estonia</ul>`),
			want: "AUT\nBEL\nCYP\nMLT\nNOR\nESP\nSWE\nPOL\nITA\nIRL\nISL\nFRA\nFIN\nEST", share: 1,
		},
		"a list under bold lines": {
			page:  pageOf(`<p><strong>Full members:</strong></p><p>Austria<br>Belgium<br>Cyprus</p><p><strong>Associate members:</strong></p><p>Malta<br>Norway</p>`),
			wrong: fullOrAssociate, want: "AUT =full\nBEL =full\nCYP =full\nMLT =associate\nNOR =associate", share: 1,
		},
		"names in prose with a region and a note": {
			page: pageOf(`<p>The members are Austria, Belgium (Flanders), Spain (Catalonia), Malta, Moldova, Republic of Korea, Serbia and Montenegro.</p>`),
			want: "AUT\nBEL/Flanders\nESP/Catalonia\nMLT\nMDA\nKOR\nSRB\nMNE", share: 1,
		},
		"institutions that look like labels or contacts": {
			page: pageOf(`<ul><li>Azerbaijan: Ombudsman<li>Italy: Telefono Azzurro<li>Spain: Teléfono ANAR<li>Sweden: Bris 116 111<li>Poland: Helpline<li>Austria: From Child to Child</ul>`),
			want: "AZE: Ombudsman\nITA: Telefono Azzurro\nESP: Teléfono ANAR\nSWE: Bris 116 111\nPOL: Helpline\nAUT: From Child to Child", share: 1,
		},
		"cards with a kind of institution": {
			page: pageOf(`<div>` + items([]string{"Austria", "Belgium", "Cyprus", "Malta"}, `<div><h3>%s</h3><p>Ombudsman</p><p>Tel. 0800 111 222</p><p>Visit website</p></div>`) + `</div>`),
			want: "AUT: Ombudsman ~Tel. 0800 111 222\nBEL: Ombudsman ~Tel. 0800 111 222\nCYP: Ombudsman ~Tel. 0800 111 222\nMLT: Ombudsman ~Tel. 0800 111 222", share: 1,
		},
		"names that a comma or a dash turns": {
			page: pageOf(`<ul><li>Malta<li>Cyprus<li>Congo, Democratic Republic of the<li>Guinea - Bissau<li>Macedonia, FYR<li>Korea, South<li>Sudan, South<li>Ireland – ISPCC<li>Spain, Kingdom of<li>Moldova, Rep.</ul>`),
			want: "MLT\nCYP\nCOD\nSSD\nIRL: ISPCC\nESP", left: "Guinea - Bissau",
		},
		"nothing listed": {
			page: pageOf(`<table><tr><th>Country<th>Hotline<tr><td>Austria<td>Stopline<tr><td>Canada<td>not listed<tr><td>Malta<td>–<tr><td>Spain<td>INCIBE<tr><td>Norway<td>Slettmeg</table>`),
			want: "AUT: Stopline\nESP: INCIBE\nNOR: Slettmeg", left: "there is none",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read([]byte(c.page), c.wrong)
			if err != nil {
				t.Fatal(err)
			}
			if got := brief(r); got != c.want {
				t.Errorf("got\n%s\nwant\n%s\nleft %v", got, c.want, r.Left)
			}
			if c.left != "" && !slices.ContainsFunc(r.Left, func(l Left) bool { return strings.Contains(l.Text+" "+l.Why, c.left) }) {
				t.Errorf("left %v, want one with %q", r.Left, c.left)
			}
			if c.share != 0 && r.Share() != c.share || strings.Contains(name, "unknown") && r.Share() == 1 {
				t.Errorf("share %g (%d of %d), left %v", r.Share(), r.Understood, r.Texts, r.Left)
			}
		})
	}
}

func TestTwoListsAreRefused(t *testing.T) {
	a := items(menuStates[:20], "<li>%s</li>")
	b := items(menuStates[12:34], "<li>%s</li>")
	_, err := Read([]byte(pageOf("<h2>Alliance</h2><ul>"+a+"</ul><h2>Coalition</h2><ul>"+b+"</ul>")), Want{})
	if !errors.Is(err, ErrTwoLists) {
		t.Errorf("error %v, want two lists", err)
	}
	r, err := Read([]byte(pageOf("<h2>Alliance</h2><ul>"+a+"</ul><h2>Coalition</h2><ul>"+b+"</ul>")), Want{Under: []string{"coalition"}})
	if err != nil || len(r.Records) != 22 {
		t.Errorf("with the heading told: %v, %v", r, err)
	}
}

func TestTheSameListTwiceIsOneAndItsDifferencesAreSaid(t *testing.T) {
	states := menuStates[:20]
	table := "<table><tr><th>Country<th>Status" + items(states, "<tr><td>%s<td>Full member") + "</table>"
	options := "<select>" + items(append(slices.Clone(states[1:]), "Malta"), "<option>%s") + "</select>"
	r, err := Read([]byte(pageOf(options+table)), fullOrAssociate)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Records) != 20 || r.Shape != "table" {
		t.Errorf("%d records from %s", len(r.Records), r.Shape)
	}
	for _, want := range []string{"Malta", "Albania"} {
		if !slices.ContainsFunc(r.Left, func(l Left) bool { return l.Text == want && strings.Contains(l.Why, "options") }) {
			t.Errorf("nothing is said of %s: %v", want, r.Left)
		}
	}
	// A class that differs between the copies.
	data := `<script>var d = [` + items(states, `{"country":"%s","status":"Full member"},`) + `]</script>`
	r, err = Read([]byte(pageOf(strings.Replace(table, "<tr><td>Austria<td>Full", "<tr><td>Austria<td>Associate", 1)+data)), fullOrAssociate)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Left, func(l Left) bool { return l.Text == "Austria" && strings.Contains(l.Why, "associate") }) {
		t.Errorf("the class of Austria differs and nothing is said: %v", r.Left)
	}
}

func TestNoList(t *testing.T) {
	for name, page := range map[string]string{
		"prose":      pageOf("<p>Delegates from Albania and Moldova met in Strasbourg.</p>"),
		"empty":      pageOf(""),
		"other list": pageOf("<ul><li>One<li>Two<li>Three<li>Four</ul>"),
		"app":        `<html><body><div id="root"></div><script>var a = {"b": [1, 2, 3]};</script></body></html>`,
		"JSON":       `{"content":{"rendered":"<p>Hello<\/p>"}}`,
	} {
		if r, err := Read([]byte(page), Want{}); !errors.Is(err, ErrNoList) {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}

func TestNotHTML(t *testing.T) {
	for name, body := range map[string]string{
		"PDF": "%PDF-1.7\n%âãÏÓ", "binary": "\x00\x01\x02<html>", "UTF-16": "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00",
		"not UTF-8": "<html><body><ul><li>T\xfcrkiye<li>Malta<li>Cyprus</ul></body></html>", "text": "Albania, Austria, Belgium", "": "",
		"no JSON": "{Albania; Austria}",
	} {
		if r, err := Read([]byte(body), Want{}); !errors.Is(err, ErrNotHTML) {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}

func TestEncodings(t *testing.T) {
	const utf8 = "<html><head><meta charset=CS></head><body><ul><li>Türkiye<li>Côte d’Ivoire<li>Malta</ul></body></html>"
	latin := strings.NewReplacer("ü", "\xfc", "ô", "\xf4", "’", "\x92").Replace(utf8)
	for name, page := range map[string]string{
		"UTF-8": strings.Replace(utf8, "CS", "utf-8", 1), "mark": "\xef\xbb\xbf" + utf8,
		"windows-1252": strings.Replace(latin, "CS", "windows-1252", 1), "latin-1": strings.Replace(latin, "CS", "\"ISO-8859-1\"", 1),
	} {
		r, err := Read([]byte(page), Want{})
		if err != nil || brief(r) != "TUR\nCIV\nMLT" || !r.Ended {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}

// Pages made to hurt end quickly with an error, or are read.
func TestHostilePages(t *testing.T) {
	many := strings.Repeat
	for name, c := range map[string]struct {
		page string
		want error
	}{
		"too long":      {many(" ", maxBytes+1), ErrLimit},
		"deep":          {many("<div>", 1_000_000), ErrLimit},
		"deep inline":   {many("<b>", 1_000_000), ErrLimit},
		"many elements": {"<html>" + many("<p>a", 3_000_000), ErrLimit},
		"many end tags": {"<p><table><tr><td>" + many("<i>", 400) + many("</p>", 5_000_000), ErrLimit},
		"many entries": {"<ul>" + many("<li>Albania: Office<li>Malta: Bureau<li>Cyprus: x", 1) + func() string {
			var b strings.Builder
			for i := range 12_000 {
				fmt.Fprintf(&b, "<li>Malta: Office %c%d", 'A'+i%26, i)
			}
			return b.String()
		}() + "</ul>", ErrLimit},
		"deep data":           {"<html><script>var x = " + many("[", 1_000_000) + "</script></html>", ErrNoList},
		"much data":           {"<html><script>var x = [" + many("1,", 2_000_000) + "]</script></html>", ErrLimit},
		"broken data":         {"<html><script>" + many("x = [{a:", 200_000) + "</script></html>", ErrNoList},
		"one long text":       {"<html><p>" + many("Xaver Yvonne ", 400_000) + "</html>", ErrNoList},
		"one long word":       {"<html><p>" + many("X", 5_000_000) + "</html>", ErrNoList},
		"spans of rows":       {"<html><table>" + many("<tr><td rowspan=65534 colspan=1000>x", 20_000) + "</table></html>", ErrNoList},
		"attributes":          {"<html><p " + many("href=x ", 300_000) + ">x</html>", ErrNoList},
		"headings":            {"<html>" + many("<h2>x</h2>", 200_000) + "</html>", ErrNoList},
		"unclosed comment":    {"<html><ul><li>Malta<li>Cyprus<li>Spain</ul><!-- " + many("-", 1_000_000), nil},
		"wide list of others": {"<html><ul><li>Malta<li>Cyprus<li>Spain" + many("<li>Xanadu", 200_000) + "</ul></html>", nil},
		"colons":              {"<html><ul>" + many("<li>"+many("a: b, c - d", 30), 5_000) + "</ul></html>", ErrNoList},
		"nested brackets":     {"<html><p>" + many("Malta (", 100_000) + many(")", 100_000) + "</html>", ErrNoList},
		"names without end":   {"<html><p>" + many("Malta Cyprus Spain ", 100_000) + "</html>", nil},
		"tables in tables":    {"<html>" + many("<table><tr><td>", 100) + "Malta<tr><td>Cyprus<tr><td>Spain" + many("</table>", 100) + "</html>", nil},
	} {
		start := time.Now()
		r, err := Read([]byte(c.page), Want{})
		if took := time.Since(start); took > 8*time.Second {
			t.Errorf("%s: took %s for %d bytes", name, took, len(c.page))
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
		if err == nil && name == "unclosed comment" && r.Ended {
			t.Errorf("%s: counts as ended", name)
		}
	}
}

// Time grows with the length of the page, not with its square.
func TestLinear(t *testing.T) {
	for name, part := range map[string]string{
		"items": "<li><a href=/x>Xanadu Office</a></li>", "rows": "<tr><td>Malta</td><td>Office</td></tr>", "prose": "<p>Delegates from Malta, Spain and Cyprus met in Paris today.</p>",
		"headings": "<h3>Malta</h3><p>x</p><h4>y</h4>", "lines": "Malta<br>Office<br>",
	} {
		timeOf := func(n int) time.Duration {
			page := []byte("<html><body><div>" + strings.Repeat(part, n) + "</div></body></html>")
			best := time.Hour
			for range 3 {
				start := time.Now()
				_, _ = Read(page, Want{}) // the error does not matter here
				best = min(best, time.Since(start))
			}
			return best
		}
		small, large := timeOf(1500), timeOf(12_000)
		if large > 40*small+50*time.Millisecond {
			t.Errorf("%s: eight times the page takes %s instead of %s", name, large, small)
		}
	}
}

func FuzzRead(f *testing.F) {
	facts := facts60(true)[:9]
	for _, wrap := range wrappings {
		f.Add(wrap(facts))
	}
	for _, wrap := range bareWrappings {
		f.Add(wrap(facts60(false)[:9]))
	}
	f.Add("<table><tr><td rowspan=9>Malta<td>x<tr><td>Spain<tr><th>Cyprus")
	f.Add("<svg><title>Malta</title><style></svg>")
	f.Fuzz(func(t *testing.T, page string) {
		for _, read := range []func([]byte, Want) (*Result, error){Read, ReadText} {
			r, err := read([]byte(page), fullOrAssociate)
			if err != nil {
				continue
			}
			if len(r.Records) == 0 || r.Understood > r.Texts {
				t.Fatalf("%d records, %d of %d understood", len(r.Records), r.Understood, r.Texts)
			}
			for _, x := range r.Records {
				if _, ok := registryCode(x.Code); !ok || x.Path == "" {
					t.Fatalf("record %+v", x)
				}
			}
		}
	})
}

// Pages of random tags and names never make the reader fail in another way than with
// its errors.
func TestRandomPages(t *testing.T) {
	rng := rand.New(rand.NewSource(5))
	bits := []string{"<ul>", "</ul>", "<li>", "<table>", "</table>", "<tr>", "<td>", "<td rowspan=3>", "<th colspan=2>", "<h2>", "</h2>", "<h3>", "</h3>", "<p>", "<br>", "<dl>", "<dt>", "<dd>",
		"<div>", "</div>", "<span>", "</span>", "<a href=/x>", "</a>", "<select>", "<option>", "</select>", "<svg>", "<title>", "</title>", "</svg>", "<script>x=[", "]</script>", "\"Malta\",",
		"Malta", "Spain", " Cyprus", "Italy ", "Korea, Republic Of", "Full member", "Associate members", "Office", ": ", ", ", "; ", " – ", "(", ")", "Total", "1999", "<nav>", "</nav>", "<details><summary>", "</summary>", "</details>"}
	known := []error{ErrNoList, ErrTwoLists, ErrLimit, ErrNotHTML}
	for range 30_000 {
		var b strings.Builder
		for range rng.Intn(60) {
			b.WriteString(bits[rng.Intn(len(bits))])
		}
		r, err := Read([]byte(b.String()), fullOrAssociate)
		if err != nil {
			if !slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
				t.Fatalf("%q: %v", b.String(), err)
			}
			continue
		}
		if r.Understood > r.Texts || len(r.Records) == 0 {
			t.Fatalf("%q: %+v", b.String(), r)
		}
	}
}
