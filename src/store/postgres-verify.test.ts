import { onPostgres } from '../../test/on-postgres.ts';
import { verifyContract } from './contract/verify-contract.ts';

await onPostgres(verifyContract);
