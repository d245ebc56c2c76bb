import { existsSync, readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema as parseSchema } from 'graphql';
import { commands } from '../src/commands/registry.ts';
import { buildSchema, printContract } from '../src/surfaces/graphql/schema/schema.ts';

// Fails when schema.graphql is not what the code says, or breaks what the last release promised. A release copies
// schema.graphql to schema.released.graphql; it is a committed file, so that a shallow clone can check too.
const CONTRACT = new URL('../schema.graphql', import.meta.url);
const RELEASED = new URL('./schema.released.graphql', import.meta.url);

const committed = readFileSync(CONTRACT, 'utf8');
const problems = [...driftOf(committed, printContract(buildSchema(commands))), ...(await breaksOf(committed))];

for (const problem of problems) console.error(`schema: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else console.log('schema: schema.graphql is what the code says, and breaks nothing that was released');

function driftOf(contract: string, printed: string): readonly string[] {
  if (contract === printed) return [];
  const [before, after] = [contract.split('\n'), printed.split('\n')];
  const line = before.findIndex((text, i) => text !== after[i]);
  const at = line < 0 ? before.length : line;
  return [
    `schema.graphql differs from the code in line ${at + 1}: it has ${quote(before[at])}, the code says ${quote(after[at])}`,
    'change the contract first, then the types; node scripts/print-schema.ts writes what the code says',
  ];
}

async function breaksOf(contract: string): Promise<readonly string[]> {
  if (!existsSync(RELEASED)) {
    console.log('schema: there is no scripts/schema.released.graphql, so nothing was released that could break');
    return [];
  }
  const changes = await diff(parseSchema(readFileSync(RELEASED, 'utf8')), parseSchema(contract));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message, path }) => `breaks the released contract at ${path ?? '?'}: ${message}`);
}

function quote(line: string | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(line.trim());
}
