// Prints what another reader of JSON feeds makes of the files named.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseJsonFeed } from "feedsmith";

for (const file of process.argv.slice(2)) {
  const feed = parseJsonFeed(readFileSync(file, "utf8"));
  const items = feed.items ?? [];
  console.log(basename(file), feed.title, feed.feed_url, items.length);
  for (const i of items) console.log([i.id, i.url, new Date(i.date_published).toISOString().replace(".000", "")].join("|"));
}
