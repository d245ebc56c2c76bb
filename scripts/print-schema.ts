import { writeFileSync } from 'node:fs';
import { commands } from '../src/commands/registry.ts';
import { buildSchema, printContract } from '../src/surfaces/graphql/schema/schema.ts';

// Writes schema.graphql from the code. The contract comes first: look at the difference before you commit it.
writeFileSync(new URL('../schema.graphql', import.meta.url), printContract(buildSchema(commands)));
