import type { System } from '../system.ts';
import { editing } from './editing.ts';
import { finding } from './finding.ts';
import { makeKettles, type Kettles } from './kettles.ts';
import { merchant } from './merchant.ts';
import { sortingIn } from './sorting-in.ts';
import { wiring } from './wiring.ts';

/** The catalogue in the hands of those who keep it, and of those who look into it. */
export function merchandising(system: () => System): void {
  let made: Promise<Kettles> | undefined;
  const kettles = () => (made ??= makeKettles(merchant(system())));
  finding(system, kettles);
  editing(system, kettles);
  sortingIn(system, kettles);
  wiring(system);
}
