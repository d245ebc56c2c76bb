import { journalContract } from '../../test/support/store/journal-contract.ts';
import { onPostgres } from '../../test/support/store/on-postgres.ts';

await onPostgres(journalContract);
