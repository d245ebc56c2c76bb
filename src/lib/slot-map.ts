/** Active items, in no order. */
export interface SlotSet<T> {
  readonly size: number;
  /** @returns a function that removes the item; to be called once */
  add(item: T): () => void;
  values(): T[];
}

/** Active items by name. */
export interface SlotMap<T> {
  readonly size: number;
  get(name: string): T | undefined;
  /** Replaces the item that had the name. @returns a function that removes this item if it is still in the map */
  add(name: string, item: T): () => void;
  values(): T[];
}

/**
 * For items that live as long as one request. A Map or Set allocates a new table every few changes, and V8 links each
 * table to its successor: a table in the old generation retains all later ones, and the requests in them, until the next
 * full garbage collection. Here slots are cleared and reused.
 */
export function createSlotSet<T extends object>(): SlotSet<T> {
  const slots = createSlots<T>();
  return {
    get size() {
      return slots.size();
    },
    add(item) {
      const slot = slots.occupy(item);
      return () => slots.free(slot);
    },
    values: slots.values,
  };
}

/** Its Map contains only names and numbers, so that old tables retain almost nothing. */
export function createSlotMap<T extends object>(): SlotMap<T> {
  const slots = createSlots<T>();
  const slotByName = new Map<string, number>();
  const remove = (name: string) => {
    const slot = slotByName.get(name);
    if (slot === undefined) return;
    slotByName.delete(name);
    slots.free(slot);
  };
  const get = (name: string) => {
    const slot = slotByName.get(name);
    return slot === undefined ? undefined : slots.at(slot);
  };
  return {
    get size() {
      return slots.size();
    },
    get,
    add(name, item) {
      remove(name);
      slotByName.set(name, slots.occupy(item));
      return () => {
        if (get(name) === item) remove(name);
      };
    },
    values: slots.values,
  };
}

function createSlots<T extends object>() {
  const items: (T | undefined)[] = [];
  const freeSlots: number[] = [];
  return {
    size: () => items.length - freeSlots.length,
    occupy(item: T): number {
      const slot = freeSlots.pop() ?? items.length;
      items[slot] = item;
      return slot;
    },
    free(slot: number): void {
      items[slot] = undefined;
      freeSlots.push(slot);
    },
    at: (slot: number) => items[slot],
    values: () => items.filter((item) => item !== undefined),
  };
}
