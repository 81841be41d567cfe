# The two commands of the README, and what contributors need. `make help` lists them.

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
VERSITYGW := github.com/versity/versitygw/cmd/versitygw@v1.8.0
WARCIO := warcio@2.4.11
DOCKERLINT := dockerfilelint@1.8.0
DUCKDB := @duckdb/node-api@1.5.6-r.1
FEEDSMITH := feedsmith@3.0.1
AJV := ajv@8.20.0 ajv-formats@3.0.1

.PHONY: help run test tools lint fuzz soak scale mutation bench generate clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: ## refresh ./workspace from the bundled captures and print what changed since edition 2021
	@go run ./cmd/baseline refresh --offline --workspace ./workspace

test: ## run all tests
	@test -d ../shared || echo "left out: tests on publishers' original files, because ../shared is not there"
	@command -v pdftotext >/dev/null || echo "left out: the comparison with pdftotext, because the package poppler-utils is not installed"
	@test -x ./bin/versitygw || command -v versitygw >/dev/null || echo "left out: tests against an S3 server, because versitygw is not installed (make tools)"
	@test -d ./bin/node/node_modules/warcio || echo "left out: the check of WARC files by warcio, because it is not installed (make tools)"
	@test -d ./bin/node/node_modules/@duckdb || echo "left out: the query by DuckDB, because it is not installed (make tools)"
	@test -d ./bin/node/node_modules/ajv || echo "left out: the checks of JSON feeds by feedsmith and of the JSON Schemas by ajv, because they are not installed (make tools)"
	@for m in aiosmtpd feedparser lxml; do /usr/bin/python3 -c "import $$m" 2>/dev/null || echo "left out: what the Debian package python3-$$m judges, because it is not installed"; done
	@command -v openssl >/dev/null || echo "left out: the test of a server with old key exchanges, because openssl is not installed"
	go test -timeout 20m ./... ./testdata/generate

tools: ## install into ./bin what judges our output: an S3 server, DuckDB, readers of WARC files, feeds and schemas, a linter
	GOBIN=$(CURDIR)/bin go install $(VERSITYGW)
	npm install --silent --no-fund --no-audit --prefix ./bin/node $(WARCIO) $(DOCKERLINT) $(DUCKDB) $(FEEDSMITH) $(AJV)

lint: ## gofmt, go vet, staticcheck, golangci-lint
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	go vet ./... ./testdata ./testdata/generate
	go run $(STATICCHECK) ./... ./testdata ./testdata/generate
	go run $(GOLANGCI) run ./... ./testdata ./testdata/generate

# Minimising is kept short: on the larger seeds it would take all the time there is. By default
# tries are counted, about 20 seconds of them each: a time that runs out in the middle of a try
# is reported by go test as a failure. make fuzz FUZZTIME=10m fuzzes longer.
fuzz: ## fuzz the readers of foreign bytes, each a bounded number of times or for FUZZTIME
	go test ./sources/read/pdftable -run '^$$' -fuzz FuzzOpen -fuzztime $(or $(FUZZTIME),200000x) -fuzzminimizetime 10x
	go test ./sources/read/listing -run '^$$' -fuzz FuzzRead -fuzztime $(or $(FUZZTIME),200000x) -fuzzminimizetime 10x
	go test ./sources/coetreaties -run '^$$' -fuzz FuzzParse -fuzztime $(or $(FUZZTIME),12000x) -fuzzminimizetime 10x
	go test ./pipeline/fetch/soft -run '^$$' -fuzz FuzzFault -fuzztime $(or $(FUZZTIME),120000x) -fuzzminimizetime 10x

soak: ## ask 500 sources on loopback five times, a tenth of them failing in every way there is
	BASELINE_SOAK=500 go test -count=1 -run TestSoak -v ./pipeline

scale: ## write, load and compare snapshots of BASELINE_SCALE rows; the ten million it takes by itself need 32 GB of memory
	BASELINE_SCALE=$(or $(BASELINE_SCALE),10000000) go test -run '^$$' -bench Scale -benchtime 1x -timeout 30m ./pipeline/compare

mutation: ## change each source's captures in 200 ways each; rewrite the table in docs/reliability.md; no false alarm over all of them
	@rm -rf ./bin/scores && mkdir -p ./bin/scores
	@BASELINE_SCORES=$(CURDIR)/bin/scores go test -count=1 ./sources/... >./bin/mutation.log || { cat ./bin/mutation.log; exit 1; }
	@go run ./sources/sourcetest/scores ./bin/scores docs/reliability.md
	@BASELINE_MUTANTS=all go test -count=1 -timeout 60m -run TestNoFalseAlarm ./pipeline/alerts/event

bench: ## benchmarks, each beside what it is compared with
	go test -run '^$$' -bench . -benchtime 10x ./sources/read/pdftable ./sources/read/listing ./pipeline/compare ./pipeline/alerts/... ./cmd/baseline/cli

generate: ## make the rebuilt captures again from the facts in testdata/facts
	go run ./testdata/generate

clean: ## remove what the targets above have made
	rm -rf ./workspace ./bin
