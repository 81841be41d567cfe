// Writes a WARC file with warcio.js, as web archives do. Usage:
// node write.mjs FOLDER-OF-WARCIO FILE 1.0|1.1 gzip|plain sha-1|sha-256
import { createWriteStream } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const [folder, file, version, zip, algo] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { WARCRecord, WARCSerializer } = await import(pathToFileURL(require.resolve("warcio").replace(/\.cjs$/, ".js")));

const warcVersion = "WARC/" + version;
const opts = { gzip: zip === "gzip", digest: algo === "sha-1" ? { algo: "sha-1", prefix: "sha1:", base32: true } : { algo: "sha-256", prefix: "sha256:" } };
const out = createWriteStream(file);
const write = async (record) => out.write(await WARCSerializer.serialize(record, opts));
const bytes = (x) => (async function* () { yield typeof x === "string" ? new TextEncoder().encode(x) : new Uint8Array(x); })();
const date = "2021-04-20T10:00:00Z";

await write(WARCRecord.createWARCInfo({ filename: "made.warc", warcVersion }, { software: "warcio.js" }));
const html = "<!DOCTYPE html><html><body>Grüße from the year 2021</body></html>";
const response = (url, httpHeaders, body) => WARCRecord.create({ url, date, type: "response", warcVersion, httpHeaders: { "Content-Type": "text/html; charset=utf-8", ...httpHeaders }, statusline: "HTTP/1.1 200 OK" }, bytes(body));

await write(response("https://www.example.org/plain", {}, html));
await write(response("https://www.example.org/gzip", { "Content-Encoding": "gzip" }, gzipSync(html)));
await write(response("https://www.example.org/br", { "Content-Encoding": "br" }, brotliCompressSync(html)));
const zipped = gzipSync(html);
const cut = 10;
const chunk = (b) => Buffer.concat([Buffer.from(b.length.toString(16) + "\r\n"), b, Buffer.from("\r\n")]);
await write(response("https://www.example.org/chunked", { "Content-Encoding": "gzip", "Transfer-Encoding": "chunked" },
  Buffer.concat([chunk(zipped.subarray(0, cut)), chunk(zipped.subarray(cut)), Buffer.from("0\r\n\r\n")])));
// As archives that unpack, and keep the fields.
await write(response("https://www.example.org/unpacked", { "Content-Encoding": "gzip", "Transfer-Encoding": "chunked" }, html));
await write(WARCRecord.create({ url: "https://www.example.org/resource", date, type: "resource", warcVersion, warcHeaders: { "Content-Type": "text/html" } }, bytes(html)));
await write(WARCRecord.create({ url: "https://www.example.org/plain", date, type: "request", warcVersion, httpHeaders: { "User-Agent": "x" }, statusline: "GET /plain HTTP/1.1" }, bytes("")));
out.end();
