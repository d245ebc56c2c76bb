import { journalContract } from './contract/journal-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

journalContract(sqliteHarness);
