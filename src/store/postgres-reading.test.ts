import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { tailContract } from '../../test/support/store/reading-contract.ts';

await onPostgres(tailContract);
