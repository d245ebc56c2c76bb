import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { projectionContract } from './contract/projection-contract.ts';

await onPostgres(projectionContract);
