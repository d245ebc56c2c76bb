// One call of ruff, in a process that spawn-ruff.ts starts for it: reads the request as JSON from standard input and
// writes the report as JSON.
import { readFileSync, writeSync } from 'node:fs';
import { type RuffRequest, runRuff } from './run-ruff.ts';

const request = JSON.parse(readFileSync(0, 'utf8')) as RuffRequest;
const report = Buffer.from(JSON.stringify(runRuff(request)));
for (let at = 0; at < report.byteLength; ) at += writeSync(1, report, at);
