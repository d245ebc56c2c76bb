import { journalContract } from '../../../test/support/store/journal-contract.ts';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { projectionContract } from '../../../test/support/store/projection-contract.ts';
import { readingContract } from '../../../test/support/store/reading-contract.ts';
import { runReadingContract } from '../../../test/support/store/run-reading-contract.ts';

await onPostgres(journalContract);

await onPostgres(readingContract);

await onPostgres(runReadingContract);

await onPostgres(projectionContract);
