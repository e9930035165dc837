import type { System } from '../system.ts';
import { merging } from './merging.ts';
import { redemption } from './redemption.ts';
import { sessions } from './sessions.ts';

/** What is promised of people: their points and credit, their merges, their identity. That they can be forgotten is in `erasure.ts`. */
export function people(system: () => System): void {
  redemption(system);
  merging(system);
  // Last: it takes away the keys that sign.
  sessions(system);
}
