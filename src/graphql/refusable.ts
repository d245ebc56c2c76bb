import { Fault } from '../core/errors.ts';

/** A mutation that was not carried out; the schema knows it as `Refusal`. An Error itself would be thrown by graphql. */
export interface Refused {
  readonly fault: Fault;
}

/** A mutation's answer: what `act` gives, or why it was refused. Bugs are thrown on. */
export async function refusable<T>(act: () => Promise<T>): Promise<T | Refused> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Fault) return { fault: error };
    throw error;
  }
}

export function isRefused(value: object): value is Refused {
  return 'fault' in value;
}
