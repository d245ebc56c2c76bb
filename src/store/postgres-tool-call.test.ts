import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { toolCallContract } from './contract/tool-call-contract.ts';

await onPostgres(toolCallContract);
