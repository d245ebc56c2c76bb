import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { credentialsContract } from './contract/credentials-contract.ts';

await onPostgres(credentialsContract);
