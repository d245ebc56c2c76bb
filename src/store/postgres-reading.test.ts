import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { tailContract } from './contract/tail-contract.ts';

await onPostgres(tailContract);
