#!/usr/bin/env node
import { run } from './main.ts';

// The program of the package, without the verbs of the server. An open connection must not hold up the end.
process.exit(await run(process.argv.slice(2)));
