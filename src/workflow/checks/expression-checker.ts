import { checkExpression } from '../expressions/expression-engine.ts';
import { MAX_EXPRESSIONS } from '../model/workflow-limits.ts';

/** Checks the expressions of one document with the engine, up to a limit. */
export interface ExpressionChecker {
  /** The limit is exceeded; nothing is checked any longer. */
  readonly exhausted: boolean;
  /** @throws Error that says what is wrong with the expression, or that the limit is exceeded */
  check(source: string): void;
}

/** Up to this many characters an expression counts as one. */
const SHORT_EXPRESSION_CHARS = 200;

export function createExpressionChecker(): ExpressionChecker {
  let left = MAX_EXPRESSIONS;
  return {
    get exhausted() {
      return left < 0;
    },
    check(source) {
      // The engine's time grows with the square of a long chain.
      left -= 1 + Math.floor(source.length / SHORT_EXPRESSION_CHARS) ** 2;
      if (left < 0) {
        throw new Error(
          `this document has more than ${MAX_EXPRESSIONS} expressions, or expressions that are too long together. ` +
            'Split it, or compute values in a transform step.',
        );
      }
      checkExpression(source);
    },
  };
}
