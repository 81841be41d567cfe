# The two commands of the README, and what contributors need. `make help` lists them.

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 20s

.PHONY: help run test lint fuzz mutation bench generate clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: ## refresh ./workspace from the bundled captures and print what changed since edition 2021
	@go run ./cmd/baseline refresh --offline --workspace ./workspace

test: ## run all tests
	@test -d ../shared || echo "left out: tests on publishers' original files, because ../shared is not there"
	@command -v pdftotext >/dev/null || echo "left out: the comparison with pdftotext, because the package poppler-utils is not installed"
	go test ./... ./testdata/generate

lint: ## gofmt, go vet, staticcheck, golangci-lint
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	go vet ./... ./testdata ./testdata/generate
	go run $(STATICCHECK) ./... ./testdata ./testdata/generate
	go run $(GOLANGCI) run ./... ./testdata ./testdata/generate

# Minimising is kept short: on the larger seeds it would take all the time there is.
fuzz: ## fuzz the readers of foreign bytes for FUZZTIME each
	go test ./sources/read/pdftable -run '^$$' -fuzz FuzzOpen -fuzztime $(FUZZTIME) -fuzzminimizetime 10x
	go test ./sources/read/listing -run '^$$' -fuzz FuzzRead -fuzztime $(FUZZTIME) -fuzzminimizetime 10x
	go test ./sources/coetreaties -run '^$$' -fuzz FuzzParse -fuzztime $(FUZZTIME) -fuzzminimizetime 10x

mutation: ## change each source's captures in 200 ways each; rewrite the table in docs/reliability.md
	@rm -rf ./bin/scores && mkdir -p ./bin/scores
	@BASELINE_SCORES=$(CURDIR)/bin/scores go test -count=1 ./sources/... >./bin/mutation.log || { cat ./bin/mutation.log; exit 1; }
	@go run ./sources/sourcetest/scores ./bin/scores docs/reliability.md

bench: ## benchmarks, each beside what it is compared with
	go test -run '^$$' -bench . -benchtime 10x ./sources/read/pdftable ./sources/read/listing ./pipeline/compare ./cmd/baseline/cli

generate: ## make the rebuilt captures again from the facts in testdata/facts
	go run ./testdata/generate

clean: ## remove what the targets above have made
	rm -rf ./workspace ./bin
