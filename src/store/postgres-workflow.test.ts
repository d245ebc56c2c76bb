import { onPostgres } from '../../test/on-postgres.ts';
import { workflowContract } from './contract/workflow-contract.ts';

await onPostgres(workflowContract);
