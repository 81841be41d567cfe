package schedule_test

import (
	"baseline/pipeline/schedule"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestPing(t *testing.T) {
	var paths []string
	status := 200
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.RequestURI())
		w.WriteHeader(status)
	}))
	defer server.Close()
	for _, ok := range []bool{true, false} {
		if err := schedule.Ping(context.Background(), server.URL+"/secret-uuid", ok); err != nil {
			t.Error(err)
		}
	}
	// What an address has behind a question mark stays there.
	for _, address := range []string{"/secret-uuid?rid=7", "/secret-uuid/"} {
		if err := schedule.Ping(context.Background(), server.URL+address, false); err != nil {
			t.Error(err)
		}
	}
	if fmt.Sprint(paths) != "[/secret-uuid /secret-uuid/fail /secret-uuid/fail?rid=7 /secret-uuid/fail]" {
		t.Errorf("%v", paths)
	}
	status = 500
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if err := schedule.Ping(ctx, server.URL+"/secret-uuid", true); err == nil {
		t.Error("a ping that is refused must be told")
	}
	server.Close()
	ctx, stop = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if err := schedule.Ping(ctx, server.URL+"/secret-uuid", true); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

func TestCheckPing(t *testing.T) {
	for _, address := range []string{"hc-ping.com/secret", "https://", "ftp://secret.example/", "https://secret example/", "::secret"} {
		if err := schedule.CheckPing(address); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := schedule.CheckPing("https://hc-ping.com/secret?x=1"); err != nil {
		t.Error(err)
	}
}
