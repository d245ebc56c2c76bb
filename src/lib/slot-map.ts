/** What is under way, in no order. */
export interface SlotSet<T> {
  readonly size: number;
  /** @returns takes it out again; called once */
  add(one: T): () => void;
  values(): T[];
}

/** The same, found by name. */
export interface SlotMap<T> {
  readonly size: number;
  get(name: string): T | undefined;
  /** What had the name before is out. @returns takes it out again, when it is still in */
  add(name: string, one: T): () => void;
  values(): T[];
}

/**
 * For what comes and goes with each request. A Map or a Set makes a new table every few times, and V8 links each table
 * to the one that follows: one that has grown old keeps all later ones, and the requests in them, until the next full
 * collection. Here a place is emptied and used again.
 */
export function createSlotSet<T extends object>(): SlotSet<T> {
  const places = createSlots<T>();
  return {
    get size() {
      return places.taken();
    },
    add(one) {
      const place = places.take(one);
      return () => places.giveBack(place);
    },
    values: places.values,
  };
}

/** Only names and numbers stand in its Map, so that old tables keep next to nothing. */
export function createSlotMap<T extends object>(): SlotMap<T> {
  const places = createSlots<T>();
  const placeOf = new Map<string, number>();
  const takeOut = (name: string) => {
    const place = placeOf.get(name);
    if (place === undefined) return;
    placeOf.delete(name);
    places.giveBack(place);
  };
  const get = (name: string) => {
    const place = placeOf.get(name);
    return place === undefined ? undefined : places.at(place);
  };
  return {
    get size() {
      return places.taken();
    },
    get,
    add(name, one) {
      takeOut(name);
      placeOf.set(name, places.take(one));
      return () => {
        if (get(name) === one) takeOut(name);
      };
    },
    values: places.values,
  };
}

function createSlots<T extends object>() {
  const places: (T | undefined)[] = [];
  const free: number[] = [];
  return {
    taken: () => places.length - free.length,
    take(one: T): number {
      const place = free.pop() ?? places.length;
      places[place] = one;
      return place;
    },
    giveBack(place: number): void {
      places[place] = undefined;
      free.push(place);
    },
    at: (place: number) => places[place],
    values: () => places.filter((one) => one !== undefined),
  };
}
