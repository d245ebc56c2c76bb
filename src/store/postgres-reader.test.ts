import { onPostgres } from '../../test/on-postgres.ts';
import { readerContract } from './contract/reader-contract.ts';

await onPostgres(readerContract);
