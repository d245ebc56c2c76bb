import type { Violation } from './errors.ts';
import type { Body } from './resource.ts';

/** Checks data against JSON Schemas that are not trusted. */
export interface SchemaValidator {
  /**
   * All violations, at most 100; none means that it fits.
   * @throws Fault BAD_INPUT when the schema itself is unusable, RESOURCE_TOO_LARGE, TIMEOUT, and what `read` throws
   */
  validate(request: {
    readonly json: string | Uint8Array;
    /** As the caller wrote it: the canonical form of a `data:` URI no longer has the data. */
    readonly schemaUri: string;
    /** Brings the schema and every document that it refers to; asks the policy. */
    read(uri: string): Promise<Body>;
    readonly signal: AbortSignal;
  }): Promise<readonly Violation[]>;
}
