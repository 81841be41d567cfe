// Judges samples by JSON Schemas (2020-12): all must pass, and mistakes must not.
const { readFileSync } = require("node:fs");
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
const ajv = new Ajv({ strict: true, allErrors: true });
addFormats(ajv);
for (const schema of Object.values(input.schemas)) ajv.addSchema(schema);
let faults = 0;
for (const [name, schema] of Object.entries(input.schemas)) {
  const check = ajv.getSchema(schema.$id);
  for (const sample of input.samples[name]) {
    if (check(sample)) continue;
    faults++;
    console.log(name, sample.kind, ajv.errorsText(check.errors));
  }
  for (const mistake of input.mistakes[name]) {
    if (!check(mistake)) continue;
    faults++;
    console.log(name, "takes", JSON.stringify(mistake));
  }
}
process.exit(faults ? 1 : 0);
