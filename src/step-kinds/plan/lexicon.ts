/** Default description and fields of a resource. */
export interface LexiconEntry {
  readonly description: string;
  /** In the syntax of `parseField`. */
  readonly fields: readonly string[];
}

/** Common resources, by their name in snake_case. */
const LEXICON: Readonly<Record<string, LexiconEntry>> = {
  article: {
    description: 'A text that is written, reviewed and published.',
    fields: [
      'title: string required up to 200',
      'slug: string required up to 120 (its part of the URL)',
      'body: text required',
      'author: string up to 120',
      'status: one of draft, in_review, published',
      'published_at: datetime',
    ],
  },
  booking: {
    description: 'A place or a time that somebody has reserved.',
    fields: [
      'customer_name: string required up to 120',
      'customer_email: string required up to 254',
      'starts_on: date required',
      'ends_on: date required',
      'guests: integer required >= 1 <= 100',
      'status: one of requested, confirmed, cancelled',
      'notes: text',
    ],
  },
  comment: {
    description: 'A comment on something.',
    fields: [
      'subject_id: string required up to 64 (what it is about)',
      'author: string required up to 120',
      'body: text required up to 5000',
      'approved: boolean',
    ],
  },
  customer: {
    description: 'Somebody who buys.',
    fields: [
      'name: string required up to 120',
      'email: string required up to 254',
      'phone: string up to 40',
      'company: string up to 120',
      'city: string up to 120',
      'active: boolean',
    ],
  },
  event: {
    description: 'Something that takes place at a time.',
    fields: [
      'title: string required up to 200',
      'description: text',
      'location: string up to 200',
      'starts_at: datetime required',
      'ends_at: datetime',
      'capacity: integer >= 0',
    ],
  },
  invoice: {
    description: 'What a customer owes for what was delivered.',
    fields: [
      'number: string required up to 40',
      'customer_id: string required up to 64',
      'issued_on: date required',
      'due_on: date required',
      'currency: string required up to 3 (ISO 4217)',
      'total: number required >= 0',
      'status: one of draft, sent, paid, void',
    ],
  },
  listing: {
    description: 'Something that is offered for sale or rent.',
    fields: [
      'title: string required up to 200',
      'description: text',
      'price: number required >= 0',
      'currency: string required up to 3 (ISO 4217)',
      'location: string up to 200',
      'status: one of draft, active, sold',
      'available_from: date',
    ],
  },
  order: {
    description: 'What a customer has ordered.',
    fields: [
      'customer_id: string required up to 64',
      'currency: string required up to 3 (ISO 4217)',
      'total: number required >= 0',
      'status: one of placed, paid, shipped, delivered, cancelled',
      'placed_at: datetime required',
      'notes: text',
    ],
  },
  payment: {
    description: 'Money that was paid for an order.',
    fields: [
      'order_id: string required up to 64',
      'amount: number required >= 0',
      'currency: string required up to 3 (ISO 4217)',
      'payment_method: one of card, transfer, cash',
      'status: one of pending, settled, refunded, failed',
      'paid_at: datetime',
    ],
  },
  product: {
    description: 'Something that is sold.',
    fields: [
      'sku: string required up to 40 (stock keeping unit)',
      'name: string required up to 200',
      'description: text',
      'price: number required >= 0',
      'currency: string required up to 3 (ISO 4217)',
      'stock: integer required >= 0',
      'active: boolean',
    ],
  },
  project: {
    description: 'Work with an aim and an end.',
    fields: [
      'name: string required up to 200',
      'description: text',
      'owner: string up to 120',
      'status: one of planned, running, done, stopped',
      'starts_on: date',
      'ends_on: date',
    ],
  },
  review: {
    description: 'What somebody thinks of something, with a rating.',
    fields: [
      'subject_id: string required up to 64 (what it is about)',
      'author: string required up to 120',
      'rating: integer required >= 1 <= 5',
      'title: string up to 200',
      'body: text up to 5000',
    ],
  },
  task: {
    description: 'Something that is to be done.',
    fields: [
      'title: string required up to 200',
      'description: text',
      'assignee: string up to 120',
      'priority: one of low, normal, high',
      'status: one of open, in_progress, done',
      'due_on: date',
    ],
  },
  ticket: {
    description: 'Something that somebody needs help with.',
    fields: [
      'subject: string required up to 200',
      'body: text required',
      'requester_email: string required up to 254',
      'priority: one of low, normal, high, urgent',
      'status: one of open, waiting, solved, closed',
    ],
  },
  user: {
    description: 'Somebody who has an account.',
    fields: [
      'username: string required up to 60',
      'email: string required up to 254',
      'display_name: string up to 120',
      'role: one of member, editor, admin',
      'active: boolean',
      'last_seen_at: datetime',
    ],
  },
};

/** For a resource that is not in the lexicon. */
const DEFAULT_FIELDS: readonly string[] = [
  'name: string required up to 200',
  'description: text',
  'status: one of draft, active, archived',
  'quantity: integer >= 0',
];

/** The entry of the name, else that of its last word (a SupportTicket is a ticket), else a default. */
export function lookUpResource(variable: string): LexiconEntry {
  const last = variable.slice(variable.lastIndexOf('_') + 1);
  const name = [variable, last].find((candidate) => Object.hasOwn(LEXICON, candidate));
  const entry = name === undefined ? undefined : LEXICON[name];
  return entry ?? { description: `One ${variable.replaceAll('_', ' ')}.`, fields: DEFAULT_FIELDS };
}

/** The lexicon's name of the first resource that occurs in the text. */
export function findResourceName(text: string, singularOf: (word: string) => string): string | undefined {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.map(singularOf).find((word) => Object.hasOwn(LEXICON, word));
}
