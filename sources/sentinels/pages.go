package sentinels

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"

	"gopkg.in/yaml.v3"
)

//go:embed pages.yaml
var watched []byte

// watch is what pages.yaml says of one page.
type watch struct {
	Page      string   `yaml:"page"`
	Hosts     []string `yaml:"hosts"`
	Must      []string `yaml:"must"`
	Curated   string   `yaml:"curated"`
	Known     []string `yaml:"known"`
	Editions  []string `yaml:"editions"`
	Also      []string `yaml:"also"`
	Documents []string `yaml:"documents"`

	editions, also []*regexp.Regexp
}

type config struct {
	Pages    []watch  `yaml:"pages"`
	Refusals []string `yaml:"refusals"`
}

func readConfig(data []byte) (c config, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Errorf("read pages.yaml: %w", err)
	}
	for i := range c.Pages {
		w := &c.Pages[i]
		if len(w.Must) == 0 {
			return c, fmt.Errorf("read pages.yaml: %s has no words that must be on it", w.Page)
		}
		if w.editions, err = compile(w.Editions, 1); err == nil {
			w.also, err = compile(w.Also, 0)
		}
		if err != nil {
			return c, fmt.Errorf("read pages.yaml: %s: %w", w.Page, err)
		}
	}
	return c, nil
}

func compile(patterns []string, groups int) (list []*regexp.Regexp, err error) {
	for _, p := range patterns {
		re, err := regexp.Compile(p)
		if err != nil {
			return nil, err
		}
		if re.NumSubexp() != groups {
			return nil, fmt.Errorf("pattern %s has %d groups, not %d", p, re.NumSubexp(), groups)
		}
		list = append(list, re)
	}
	return list, nil
}
