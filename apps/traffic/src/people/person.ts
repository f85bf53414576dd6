import { createHash } from 'node:crypto';

export type Role = 'customer' | 'courier' | 'restaurant';

/** A synthetic person, the same for the same seed. */
export interface Person {
  readonly role: Role;
  readonly phone: string;
  readonly password: string;
  readonly displayName: string;
}

// One area code per seed: the api needs a moment for each new neighbourhood. The exchange 555 is
// unassigned, so that a real SMS provider would disturb nobody.
const areaCodes = [
  ...['202', '415', '212', '312', '617', '702', '206', '303', '404', '503'],
  ...['512', '602', '713', '786', '808', '907', '213', '314', '410', '504'],
] as const;

// A thousand numbers each; newcomers never end, so they have two thousand.
const firstNumbers = { customer: 0, courier: 1_000, restaurant: 2_000 } as const;
const newcomers = { first: 4_000, count: 2_000 } as const;
const strangers = { first: 7_000, count: 1_000 } as const;
const guessed = 9_999;

const firstNames = [
  ...['Ada', 'Bilal', 'Chiara', 'Dmitri', 'Esther', 'Femi', 'Greta', 'Hiro', 'Ines', 'Jonas'],
  ...['Kofi', 'Leila', 'Mateo', 'Noor', 'Olga', 'Pedro', 'Quinn', 'Rosa', 'Samir', 'Tuva'],
];
const lastNames = ['Abe', 'Berg', 'Costa', 'Diaz', 'Evans', 'Fontaine', 'Gruber', 'Haas', 'Ito'];

/** The `index`th person of a role. */
export function personOf(seed: number, role: Role, index: number): Person {
  return person(seed, role, firstNumbers[role] + index);
}

/** A person who orders once. */
export function oneTimeCustomer(seed: number, index: number): Person {
  return person(seed, 'customer', newcomers.first + (index % newcomers.count));
}

/** A number that is never registered. */
export function strangersPhone(seed: number, index: number): string {
  return phone(seed, strangers.first + (index % strangers.count));
}

/** The number whose password the fault `failedLogins` guesses; it is never registered. */
export function guessedPhone(seed: number): string {
  return phone(seed, guessed);
}

function person(seed: number, role: Role, number: number): Person {
  const first = firstNames[number % firstNames.length];
  const last = lastNames[Math.floor(number / firstNames.length) % lastNames.length];
  const own = phone(seed, number);
  return { role, phone: own, password: passwordOf(own), displayName: `${first} ${last}` };
}

function phone(seed: number, number: number): string {
  const area = areaCodes[seed % areaCodes.length];
  return `+1${area}555${String(number).padStart(4, '0')}`;
}

/** Derived from the number, so that a later process, with any seed, can log in. */
function passwordOf(phone: string): string {
  return createHash('sha256').update(`galley traffic ${phone}`).digest('base64url').slice(0, 24);
}
