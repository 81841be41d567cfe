package coetreaties

import (
	"strings"
	"testing"

	"baseline/sources/source"
	"baseline/sources/sourcetest"
)

func TestRequestsCarryTheKeyOfThePage(t *testing.T) {
	asks := New().Requests(source.Plan{})
	if asks[0].ID != "key" || !asks[0].Private {
		t.Fatalf("first of all comes %+v", asks[0])
	}
	for _, r := range asks[1:] {
		if r.After != "key" || !r.Needs || r.Secret != nil {
			t.Errorf("%s may be asked without a key: %+v", r.ID, r)
		}
	}
	moved := "window.conventions_api_url = 'https://conventions-ws.coe.int/v2/'\nwindow.conventions_api_key = 'k-1'"
	with := New().Requests(source.Plan{Answers: []source.Capture{sourcetest.Capture(New(), "key", []byte(moved))}})
	if len(with) != len(asks) {
		t.Fatalf("%d requests with a key, %d without", len(with), len(asks))
	}
	for i, r := range with[1:] {
		if r.Secret["token"] != "k-1" || r.After != "key" {
			t.Errorf("%s goes without the key: %+v", r.ID, r)
		}
		if want := strings.Replace(asks[i+1].Addresses[0], "/WS_LFRConventions/", "/v2/", 1); r.Addresses[0] != want {
			t.Errorf("%s is asked at %s, want %s", r.ID, r.Addresses[0], want)
		}
	}
	if r := New().Requests(source.Plan{})[1]; !strings.Contains(r.Addresses[0], "/WS_LFRConventions/") {
		t.Errorf("the address of the page stuck: %s", r.Addresses[0])
	}
	without := New().Requests(source.Plan{Answers: []source.Capture{sourcetest.Capture(New(), "key", []byte("<html>redesigned</html>"))}})
	for _, r := range without[1:] {
		if r.Secret != nil {
			t.Errorf("%s has a key from a page that has none", r.ID)
		}
	}
}

func TestRequestsWithTheOperatorsKeyNeedNoPage(t *testing.T) {
	asks := New().Requests(source.Plan{Key: "mine"})
	for _, r := range asks {
		if r.ID == "key" || r.Secret["token"] != "mine" || r.After != "" || r.Needs {
			t.Errorf("%+v", r)
		}
	}
	if len(asks) != len(New().Requests(source.Plan{}))-1 {
		t.Errorf("%d requests", len(asks))
	}
	post := asks[0]
	if post.ID != "treaties" || post.Method != "POST" || !strings.Contains(post.Body, `"langue":"ENG"`) || post.Header["Content-Type"] != "application/json" {
		t.Errorf("the list of treaties is asked for by %+v", post)
	}
}
