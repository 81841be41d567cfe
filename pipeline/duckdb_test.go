package pipeline_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"baseline/pipeline/snapshot"
	"baseline/pipeline/workspace/s3test"
	"baseline/schemas"
)

// query lets DuckDB run statements and print each result as a line of JSON.
const query = `
import { DuckDBInstance } from '@duckdb/node-api';
const db = await (await DuckDBInstance.create(':memory:')).connect();
for (const q of process.argv.slice(2)) {
  const r = await db.runAndReadAll(q);
  console.log(JSON.stringify(r.getRows(), (k, v) => typeof v === 'bigint' ? Number(v) : v));
}
`

// An engine that knows nothing of this program reads the history of a bucket as one table.
// DuckDB's own client for S3 is fetched from its makers at run time, which tests must not, so
// it reads the objects where the S3 server keeps them.
func TestDuckDBReadsTheBucket(t *testing.T) {
	modules, err := filepath.Abs("../bin/node")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "node_modules", "@duckdb", "node-api")); err != nil {
		t.Log("left out: DuckDB is not installed; make tools installs it")
		return
	}
	at, objects := s3test.StartOver(t, t.TempDir())
	if at == "" {
		return
	}
	b := bench{t, pipelineIn(at)}
	b.capture("a", "list", 0, "CRC France party", "CRC Sweden signed")
	b.capture("b", "list", 0, "OPSC France party", "OPSC Sweden signed")
	first := b.refresh().Manifest.ID
	b.capture("a", "list", 1, "CRC France party", "CRC Sweden party", "CRC Malta party")
	second := b.refresh().Manifest.ID

	script := filepath.Join(modules, "query-test.mjs")
	if err := os.WriteFile(script, []byte(query), 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Remove(script) }()
	files := filepath.Join(objects, "data", schemas.TreatyStatus.Name, "*", "*.parquet")
	from := fmt.Sprintf("from read_parquet('%s', hive_partitioning = true, union_by_name = true)", files)
	out, err := exec.Command("node", script,
		"select snapshot, count(*) "+from+" group by snapshot order by 2",
		"select snapshot, status "+from+" where iso3 = 'SWE' and treaty = 'CRC' order by status",
	).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := fmt.Sprintf("[[%q,4],[%q,5]]\n[[%q,\"party\"],[%q,\"signed\"]]", first, second, second, first)
	if got := strings.TrimSpace(string(out)); got != want {
		t.Errorf("DuckDB says\n%s\nwant\n%s", got, want)
	}
	if _, _, err := snapshot.Load(b.Workspace, first); err != nil {
		t.Errorf("the older snapshot: %v", err)
	}
}
