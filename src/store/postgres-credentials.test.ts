import { onPostgres } from '../../test/on-postgres.ts';
import { credentialsContract } from './contract/credentials-contract.ts';

await onPostgres(credentialsContract);
