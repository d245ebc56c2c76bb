import { Step } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { connection } from '../connection.ts';

export const StepConnection = connection('Step', Step);
