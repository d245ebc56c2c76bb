/** Accounts of development mode, and those that the administrator creates. */
export type Person = 'admin' | 'alice' | 'bob' | 'marta' | 'jonas' | 'carla';

/** Those whom the administrator creates, with their roles. */
export const COLLEAGUES: Readonly<Partial<Record<Person, readonly string[]>>> = {
  marta: ['analyst'],
  jonas: ['buyer'],
  carla: ['user'],
};

export const passwordOf = (person: Person): string => (person in COLLEAGUES ? `the password of ${person}` : person);
