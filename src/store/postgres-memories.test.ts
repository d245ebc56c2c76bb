import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { memoriesContract } from './contract/memories-contract.ts';

await onPostgres(memoriesContract);
