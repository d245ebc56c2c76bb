import { onPostgres } from '../../test/on-postgres.ts';
import { projectionContract } from './contract/projection-contract.ts';

await onPostgres(projectionContract);
