import { journalContract } from '../../test/support/store/journal-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

journalContract(sqliteHarness);
