import { credentialsContract } from '../../test/support/store/credentials-contract.ts';
import { onPostgres } from '../../test/support/store/on-postgres.ts';

await onPostgres(credentialsContract);
