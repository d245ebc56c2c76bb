import { onPostgres } from '../../test/on-postgres.ts';
import { journalContract } from './contract/journal-contract.ts';

await onPostgres(journalContract);
