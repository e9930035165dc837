import fc from 'fast-check';
import { extend, move } from './change-commands.ts';
import { changeBundles, changePlaces } from './configuration-commands.ts';
import { count, handle, importLine, receive } from './goods-commands.ts';
import { happening, type Happening, type MachineCommand } from './machine-command.ts';
import { cancel, sell, ship } from './order-commands.ts';
import { changeBuffer, changeSelling, govern, retire } from './policy-commands.ts';
import { commit, passTime, release, reserve, sweepNow } from './reservation-commands.ts';
import { arrive, dispatch } from './transfer-commands.ts';

const arbitraryOf = <Step>(command: MachineCommand<Step>): fc.WeightedArbitrary<Happening> => ({
  weight: command.weight,
  arbitrary: command.steps.map((step) => happening(command, step)),
});

/** Everything that can happen to stock. A new command is one more line here. */
export const anything: fc.Arbitrary<Happening> = fc.oneof(
  arbitraryOf(receive),
  arbitraryOf(count),
  arbitraryOf(handle),
  arbitraryOf(sell),
  arbitraryOf(ship),
  arbitraryOf(cancel),
  arbitraryOf(importLine),
  arbitraryOf(dispatch),
  arbitraryOf(arrive),
  arbitraryOf(reserve),
  arbitraryOf(commit),
  arbitraryOf(release),
  arbitraryOf(extend),
  arbitraryOf(move),
  arbitraryOf(sweepNow),
  arbitraryOf(passTime),
  arbitraryOf(changePlaces),
  arbitraryOf(changeBundles),
  arbitraryOf(changeSelling),
  arbitraryOf(changeBuffer),
  arbitraryOf(govern),
  arbitraryOf(retire),
);
