import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { projectionContract } from '../../test/support/store/projection-contract.ts';

await onPostgres(projectionContract);
