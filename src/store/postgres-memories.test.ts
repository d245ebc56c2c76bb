import { memoriesContract } from '../../test/support/store/memories-contract.ts';
import { onPostgres } from '../../test/support/store/on-postgres.ts';

await onPostgres(memoriesContract);
