/** A place in a list. */
export interface LinkedNode<T> {
  readonly value: T;
  previous: LinkedNode<T> | undefined;
  next: LinkedNode<T> | undefined;
}

/**
 * A list in which a known place is added or removed in constant time, wherever it is. A class, because each object literal
 * with getters has a hidden class, which lives until the next full garbage collection and retains what they see.
 */
export class LinkedList<T> {
  first: LinkedNode<T> | undefined;
  last: LinkedNode<T> | undefined;

  /** Adds a value before a place; at the end without one. */
  insert(value: T, before?: LinkedNode<T>): LinkedNode<T> {
    const node: LinkedNode<T> = { value, previous: before ? before.previous : this.last, next: before };
    if (node.previous) node.previous.next = node;
    else this.first = node;
    if (before) before.previous = node;
    else this.last = node;
    return node;
  }

  /** Removes a place, which must be in the list. */
  remove(node: LinkedNode<T>): void {
    const { previous, next } = node;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.last = previous;
    // A removed place in the old generation would retain all later ones.
    node.previous = undefined;
    node.next = undefined;
  }
}
