import { onPostgres } from '../../test/on-postgres.ts';
import { tailContract } from './contract/tail-contract.ts';

await onPostgres(tailContract);
