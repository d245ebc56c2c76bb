// One call of ruff, in a process that call-ruff.ts starts for it: the order comes as JSON on standard input, the report
// goes out as JSON.
import { readFileSync, writeSync } from 'node:fs';
import { type RuffRequest, runRuff } from './run-ruff.ts';

const order = JSON.parse(readFileSync(0, 'utf8')) as RuffRequest;
const report = Buffer.from(JSON.stringify(runRuff(order)));
for (let at = 0; at < report.byteLength; ) at += writeSync(1, report, at);
