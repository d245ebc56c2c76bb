import { onPostgres } from '../../test/on-postgres.ts';
import { leasesContract } from './contract/leases-contract.ts';

await onPostgres(leasesContract);
