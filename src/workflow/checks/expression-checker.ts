import { checkExpression } from '../expressions/expression-engine.ts';
import { MAX_EXPRESSIONS } from '../model/workflow-limits.ts';

/** Has the expressions of one document checked by the engine, until they are too many. */
export interface ExpressionChecker {
  /** There were too many; no more is checked. */
  readonly exhausted: boolean;
  /** @throws Error that says what is wrong with the expression, or that there are too many */
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
          `the expressions of this document are more than ${MAX_EXPRESSIONS}, or too long together. Split it, or take ` +
            'values apart in a transform.',
        );
      }
      checkExpression(source);
    },
  };
}
