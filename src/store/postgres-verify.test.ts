import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { verifyContract } from '../../test/support/store/verify-contract.ts';

await onPostgres(verifyContract);
