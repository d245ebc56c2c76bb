import { journalContract } from '../../../test/support/store/journal-contract.ts';
import { projectionContract } from '../../../test/support/store/projection-contract.ts';
import { readingContract } from '../../../test/support/store/reading-contract.ts';
import { runReadingContract } from '../../../test/support/store/run-reading-contract.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';

journalContract(sqliteHarness);

readingContract(sqliteHarness);

runReadingContract(sqliteHarness);

projectionContract(sqliteHarness);
