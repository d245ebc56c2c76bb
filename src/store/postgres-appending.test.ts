import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { journalContract } from './contract/journal-contract.ts';

await onPostgres(journalContract);
