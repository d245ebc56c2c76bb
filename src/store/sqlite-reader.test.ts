import { readerContract } from './contract/reader-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

readerContract(sqliteHarness);
