// Reads a WARC file with warcio.js and checks every digest with node's own hashes. Prints a
// line of JSON for each record. Usage: node read.mjs FOLDER-OF-WARCIO FILE
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { WARCParser } = await import(pathToFileURL(require.resolve("warcio").replace(/\.cjs$/, ".js")));

const sha256 = (bytes) => "sha256:" + createHash("sha256").update(bytes).digest("hex");

// Strict about what the norm asks for, which the parser forgives.
function check(record, ok, text) {
  if (!ok) throw new Error(`${record.warcType} ${record.warcTargetURI}: ${text}`);
}

// The block is read by one parser, its HTTP part by another.
const blocks = [];
for await (const record of new WARCParser(createReadStream(file), { parseHttp: false })) {
  const block = await record.readFully(false);
  check(record, record.warcHeaders.protocol === "WARC/1.1", `version ${record.warcHeaders.protocol}`);
  check(record, /^<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>$/.test(record.warcHeader("WARC-Record-ID")), "id");
  check(record, record.warcBlockDigest === sha256(block), "block digest");
  check(record, block.length === record.warcContentLength, "length");
  blocks.push(block);
}

const parser = new WARCParser(createReadStream(file), { keepHeadersCase: true });
let n = 0;
for await (const record of parser) {
  const payload = await record.readFully(true);
  check(record, parser.offset >= 0, "offset");
  if (record.warcType === "response" || record.warcType === "resource") {
    check(record, record.warcPayloadDigest === sha256(payload), "payload digest");
  }
  if (record.httpHeaders && record.warcType === "response") {
    const length = record.httpHeaders.headers.get("Content-Length");
    check(record, Number(length) === payload.length, `Content-Length ${length}`);
  }
  n++;
  console.log(JSON.stringify({
    type: record.warcType,
    id: record.warcHeader("WARC-Record-ID"),
    target: record.warcTargetURI ?? "",
    date: record.warcDate,
    profile: record.warcHeader("WARC-Profile") ?? "",
    refersTo: record.warcHeader("WARC-Refers-To") ?? "",
    concurrentTo: record.warcHeader("WARC-Concurrent-To") ?? "",
    status: record.httpHeaders ? Number(record.httpHeaders.statusCode) : 0,
    contentType: record.httpHeaders ? record.httpHeaders.headers.get("Content-Type") ?? "" : record.warcContentType ?? "",
    payload: payload ? sha256(payload) : "",
    length: payload ? payload.length : 0,
  }));
}
if (n !== blocks.length) throw new Error(`${n} records with HTTP, ${blocks.length} without`);
