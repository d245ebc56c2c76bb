import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { readerContract } from './contract/reader-contract.ts';

await onPostgres(readerContract);
