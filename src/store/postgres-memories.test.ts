import { onPostgres } from '../../test/on-postgres.ts';
import { memoriesContract } from './contract/memories-contract.ts';

await onPostgres(memoriesContract);
