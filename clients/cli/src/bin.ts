#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' };
import { run } from './main.ts';

// The program of the package, without the verbs of the server. An open connection must not hold up the end.
process.exit(await run(process.argv.slice(2), packageJson));
