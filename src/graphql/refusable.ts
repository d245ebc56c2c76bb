import { Fault } from '../core/errors.ts';

/** A mutation's answer: what `act` gives, or the Fault that it throws, which the schema knows as `Refusal`. */
export async function refusable<T>(act: () => Promise<T>): Promise<T | Fault> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}
