/** A place in a list. */
export interface LinkedNode<T> {
  readonly value: T;
  previous: LinkedNode<T> | undefined;
  next: LinkedNode<T> | undefined;
}

/** A list in which a known place is added or removed in constant time, wherever it is. */
export interface LinkedList<T> {
  readonly first: LinkedNode<T> | undefined;
  readonly last: LinkedNode<T> | undefined;
  /** Adds a value before a place; at the end without one. */
  insert(value: T, before?: LinkedNode<T>): LinkedNode<T>;
  /** Removes a place, which must be in the list. */
  remove(node: LinkedNode<T>): void;
}

export function createLinkedList<T>(): LinkedList<T> {
  let first: LinkedNode<T> | undefined;
  let last: LinkedNode<T> | undefined;
  return {
    get first() {
      return first;
    },
    get last() {
      return last;
    },
    insert(value, before) {
      const node: LinkedNode<T> = { value, previous: before ? before.previous : last, next: before };
      if (node.previous) node.previous.next = node;
      else first = node;
      if (before) before.previous = node;
      else last = node;
      return node;
    },
    remove({ previous, next }) {
      if (previous) previous.next = next;
      else first = next;
      if (next) next.previous = previous;
      else last = previous;
    },
  };
}
