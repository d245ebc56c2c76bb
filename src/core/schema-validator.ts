import type { Violation } from './errors.ts';
import type { Body } from './resource.ts';

/** Validates data against untrusted JSON Schemas. */
export interface SchemaValidator {
  /**
   * All violations, at most 100; empty when the data is valid.
   * @throws Fault BAD_INPUT when the schema is not usable, RESOURCE_TOO_LARGE, TIMEOUT, and what `read` throws
   */
  validate(request: {
    readonly json: string | Uint8Array;
    /** As the caller wrote it, because the canonical form of a `data:` URI no longer contains the data. */
    readonly schemaUri: string;
    /** Reads the schema and every document that it refers to; asks the policy. */
    read(uri: string): Promise<Body>;
    readonly signal: AbortSignal;
  }): Promise<readonly Violation[]>;
}
