interface ErrorDetails {
  /** Of the template, from 1. */
  readonly line?: number;
  /** Set when the template needs more than it may have. */
  readonly limit?: 'steps' | 'memory' | 'depth';
}

/** Why a template cannot be rendered. */
export class JinjaError extends Error {
  readonly line: number | undefined;
  readonly limit: 'steps' | 'memory' | 'depth' | undefined;
  /** The template and the line, once they are part of the message. */
  place?: string;

  constructor(message: string, { line, limit }: ErrorDetails = {}) {
    super(message);
    this.line = line;
    this.limit = limit;
  }

  /** The same error, which says where. */
  at(template: string, line: number): this {
    this.place = `${template}:${line}`;
    this.message = `${this.message} (in ${this.place})`;
    return this;
  }
}
