import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { readerContract } from '../../test/support/store/reader-contract.ts';

await onPostgres(readerContract);
