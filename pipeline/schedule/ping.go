package schedule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// CheckPing says what is wrong with the address of a dead man's switch. The address is a
// secret, so the error does not repeat it.
func CheckPing(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return errors.New("it is no address such as https://hc-ping.com/your-uuid")
	}
	return nil
}

// Ping tells a dead man's switch that somebody has looked at what is due: the address itself
// if all is well, with /fail behind its path if not. The address is a secret, so no error
// repeats it.
func Ping(ctx context.Context, address string, ok bool) error {
	if err := CheckPing(address); err != nil {
		return err
	}
	if !ok {
		u, err := url.Parse(address)
		if err != nil {
			return errors.New("the address to ping is none") // CheckPing has read it
		}
		address = u.JoinPath("fail").String()
	}
	var last error
	for try := range 3 {
		if try > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(try) * time.Second):
			}
		}
		if last = pingOnce(ctx, address); last == nil {
			return nil
		}
	}
	return last
}

func pingOnce(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("the address to ping is none")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("the ping was not taken: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16))
	if res.StatusCode >= 300 {
		return fmt.Errorf("the ping was answered with status %d", res.StatusCode)
	}
	return nil
}
