import { connection } from '../connection.ts';
import { Step } from './refs.ts';

export const StepConnection = connection('Step', Step);
