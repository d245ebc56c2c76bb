import { ErrorCode } from './generated/cordum/agent/v1/job_pb.js';

/** Codes of the protocol for a packet that cannot be used. */
export type PacketErrorCode = Extract<keyof typeof ErrorCode, `PROTOCOL_${string}` | 'JOB_INVALID_INPUT'>;

/** A packet that is not valid. The message says what is wrong, and contains nothing of its payload but names and ids. */
export class PacketError extends Error {
  readonly code: PacketErrorCode;

  constructor(code: PacketErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PacketError';
    this.code = code;
  }

  /** As `JobResult.error_code_enum` has it. */
  get number(): ErrorCode {
    return ErrorCode[this.code];
  }
}
