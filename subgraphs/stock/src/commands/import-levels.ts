import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { setLevels, type LevelImport } from '../data/levels.ts';
import { countChangedLevels } from '../data/stock-at-location.ts';
import { isKey } from '../domain/texts.ts';

const MAX_LEVELS = 5_000;
const MAX_QUANTITY = 1_000_000;

/**
 * Sets available quantities at a location, each once per reference; repeating an import changes nothing, even after sales.
 * Of a reference that is given twice the last one counts.
 * @returns how many levels changed. @throws GraphQLError BAD_USER_INPUT for a level that breaks a rule, or an unknown location.
 */
export async function importLevels(db: Database, locationId: string, levels: readonly LevelImport[]): Promise<number> {
  const accepted = accept(locationId, levels);
  if (accepted.length === 0) return 0;
  try {
    return await setLevels(db, locationId, accepted);
  } catch (error) {
    const broken = brokenConstraint(error);
    if (broken === 'levels_location_fkey' || broken === 'import_references_location_fkey') throw unknownLocation();
    throw error;
  }
}

/** How many levels `importLevels` would change, by the same rules; nothing is written. */
export async function checkLevels(db: Database, locationId: string, levels: readonly LevelImport[]): Promise<number> {
  const accepted = accept(locationId, levels);
  return accepted.length === 0 ? 0 : countChangedLevels(db, locationId, accepted);
}

/** The levels to apply: of a reference that is given twice the last one. */
function accept(locationId: string, levels: readonly LevelImport[]): LevelImport[] {
  if (levels.length > MAX_LEVELS)
    throw badInput(`levels takes at most ${MAX_LEVELS} entries, not ${levels.length}.`, ['input', 'levels']);
  if (!isId(locationId)) throw unknownLocation();
  for (const [index, level] of levels.entries()) {
    const wrong = faultOf(level);
    if (wrong) throw badInput(wrong, ['input', 'levels', String(index)]);
  }
  return [...new Map(levels.map((level) => [level.reference, level])).values()];
}

const unknownLocation = () => badInput('There is no such location.', ['input', 'locationId']);

function faultOf({ variantId, quantity, reference }: LevelImport): string | null {
  if (!isId(variantId)) return 'variantId is not an id.';
  if (!isKey(reference)) return 'reference takes 1 to 200 characters.';
  if (quantity < 0 || quantity > MAX_QUANTITY) return `quantity must be from 0 to ${MAX_QUANTITY}, not ${quantity}.`;
  return null;
}
