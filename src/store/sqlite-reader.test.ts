import { readerContract } from '../../test/support/store/reader-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

readerContract(sqliteHarness);
