import { type Refused, SignalboxError } from './signalbox-error.ts';

type Accepted<Result> = Exclude<Result, { readonly __typename: 'Refusal' }>;

/**
 * The result of a mutation, when it was carried out. The document must select `__typename`.
 * @throws SignalboxError with the code and message of the refusal, and the refusal itself.
 */
export function unwrap<Result extends { readonly __typename: string }>(result: Result): Accepted<Result> {
  if (result.__typename !== 'Refusal') return result as Accepted<Result>;
  const refusal = result as Result & Refused;
  const { code = 'INTERNAL', message = 'Refused; select `message` to read why.', retryAfterMs } = refusal;
  throw new SignalboxError(code, message, { refusal, retryAfterMs });
}
