import { onPostgres } from '../../test/on-postgres.ts';
import { toolCallContract } from './contract/tool-call-contract.ts';

await onPostgres(toolCallContract);
