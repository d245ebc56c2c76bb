// Checks the pages of a database in a process that can be killed: node page-check-child.ts FILE
import { checkPages } from './check-pages.ts';

process.stdout.write(JSON.stringify(checkPages(process.argv[2] ?? '')));
