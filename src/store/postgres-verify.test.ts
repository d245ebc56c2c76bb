import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { verifyContract } from './contract/verify-contract.ts';

await onPostgres(verifyContract);
