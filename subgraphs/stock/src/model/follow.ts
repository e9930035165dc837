import type { Database } from '@kontor/kit/src/database.ts';
import { expect } from 'vitest';
import type { Happening } from './machine-command.ts';
import { createWorld, openProcess } from './real-stock.ts';
import { LOCATION_COUNT, SHAPE } from './shape.ts';
import { createModel } from './stock-model.ts';
import { viewOfModel, viewOfReal, type RealView } from './stock-views.ts';

/** Lets things happen to a model and, in a new world, to the real stock; after each one they must be equal. @param db of one connection. */
export async function follow(db: Database, happenings: readonly Happening[]): Promise<void> {
  await db.sql`delete from stock.outbox`;
  await db.sql`select set_config('app.now_offset', '0', false)`;
  const real = openProcess(db, await createWorld(db, SHAPE, LOCATION_COUNT));
  const model = createModel(SHAPE);
  let before = await viewOfReal(real, SHAPE.itemCount);
  for (const [index, happening] of happenings.entries()) {
    const what = `${index + 1}. ${happening.toString()}`;
    const outcome = happening.expect(model);
    expect(await happening.perform(real), what).toEqual(outcome);
    const now = await viewOfReal(real, SHAPE.itemCount);
    const { clientVersions: _, ...view } = now;
    expect(view, what).toEqual(viewOfModel(model));
    expect(untold(before, now), what).toEqual([]);
    before = now;
  }
}

/** Things that channels are shown otherwise than before under the same version, or under one that fell: clients would not take the change. */
const untold = (before: RealView, now: RealView): string[] =>
  Object.entries(now.sellable).flatMap(([place, units]) => {
    const [, thing = ''] = place.split(' ');
    const older = before.clientVersions[thing]!;
    const newer = now.clientVersions[thing]!;
    return newer < older || (newer === older && units !== before.sellable[place]) ? [place] : [];
  });
