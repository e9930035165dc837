import { z } from 'zod';

const reference = z.string().trim().min(1).max(255);
const step = z.object({ id: reference });

/** A category as public catalogues list them: where it stands is its path, from the root to itself. */
const entryShape = z.object({
  id: reference,
  name: z.string({ error: 'it has no name' }),
  path: z.array(step.extend({ name: z.string().nullish() })).min(1),
  subCategories: z.array(step).default([]),
});
type Entry = z.infer<typeof entryShape>;

/** A category to make or change; `CategoryUpsertInput` of the products graph. */
export interface CategoryToImport {
  readonly externalReference: string;
  readonly handle: string;
  readonly name: string;
  readonly parentExternalReference: string | null;
  readonly position: number | null;
}

/**
 * What is to be known of a file besides what was imported.
 * - `rejected`: an entry that is no category.
 * - `path-only`: a category that has no entry and is made, because the paths of others lead through it.
 * - `several-parents`: a category that others list too; it stands where its path says.
 * - `not-in-file`: a category that others list, and of which the file tells nothing else; it is not made.
 * - `name-cleaned`: a name with doubled or outer blanks.
 */
export interface CategoryNote {
  readonly kind: 'rejected' | 'path-only' | 'several-parents' | 'not-in-file' | 'name-cleaned';
  /** The category's id in the file, or where in the list the entry is. */
  readonly category: string;
  readonly reason: string;
}

const NAMED_PARENTS = 10;
const SLUG_LENGTH = 150;

/** Where the file says that a category stands. */
interface Claims {
  /** By the category's own path; undefined when it has none of its own. */
  own?: string | null;
  /** By the paths of those below it, in the order of the file. */
  readonly passed: Set<string | null>;
  /** By those that list it. */
  readonly listed: Set<string>;
}

/**
 * Reads a list of categories with paths. Every entry becomes a category or a rejection, and everything that the file says and the
 * tree does not is a note.
 * @returns categories with those above before those below, and the notes
 */
export function readCategories(entries: readonly unknown[]): {
  readonly categories: CategoryToImport[];
  readonly notes: CategoryNote[];
} {
  const notes: CategoryNote[] = [];
  const known = acceptEntries(entries, notes);
  const names = new Map(Array.from(known.values(), ({ id, name }) => [id, name]));
  const claims = collectClaims(known);
  for (const { id, path } of known.values())
    for (const { id: above, name } of path) {
      if (names.has(above) || name == null) continue;
      names.set(above, name);
      notes.push({
        kind: 'path-only',
        category: above,
        reason: `has no entry, and is made because the path of ${id} leads through it`,
      });
    }
  const parents = new Map(Array.from(names.keys(), (id) => [id, parentOf(claims.get(id)!)]));
  const rejected = new Set(notes.filter(({ kind }) => kind === 'rejected').map(({ category }) => category));
  notes.push(
    ...noteClaims(claims, names).filter(({ kind, category }) => kind !== 'not-in-file' || !rejected.has(category)),
  );
  const places = placesOf(known);
  const categories = [...names.keys()]
    .map((id) => {
      const name = names.get(id)!;
      const clean = name.replace(/\s+/gu, ' ').trim();
      if (clean !== name) notes.push({ kind: 'name-cleaned', category: id, reason: `"${name}" became "${clean}"` });
      const parentExternalReference = parents.get(id) ?? null;
      const position = places.get(`${parentExternalReference} ${id}`) ?? null;
      return { externalReference: id, handle: handleOf(clean, id), name: clean, parentExternalReference, position };
    })
    .map((category) => ({ category, depth: depthOf(category.externalReference, parents) }));
  // A stable sort: categories of one level stay in the order of the file.
  return { categories: categories.sort((a, b) => a.depth - b.depth).map(({ category }) => category), notes };
}

function acceptEntries(entries: readonly unknown[], notes: CategoryNote[]): Map<string, Entry> {
  const known = new Map<string, Entry>();
  entries.forEach((given, index) => {
    const read = entryShape.safeParse(given);
    const id = (given as { id?: unknown } | null)?.id;
    const reject = (reason: string) =>
      notes.push({ kind: 'rejected', category: typeof id === 'string' ? id : `entry ${index + 1}`, reason });
    if (!read.success)
      return reject(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    if (read.data.path.at(-1)!.id !== read.data.id) return reject('its path does not end with itself');
    if (known.has(read.data.id)) return reject('it stands in the file twice');
    return known.set(read.data.id, read.data);
  });
  return known;
}

function collectClaims(known: ReadonlyMap<string, Entry>): Map<string, Claims> {
  const claims = new Map<string, Claims>();
  const of = (id: string): Claims => {
    const made = claims.get(id) ?? { passed: new Set(), listed: new Set() };
    claims.set(id, made);
    return made;
  };
  for (const { id, path, subCategories } of known.values()) {
    of(id).own = path.at(-2)?.id ?? null;
    path.slice(0, -1).forEach((above, index) => of(above.id).passed.add(path[index - 1]?.id ?? null));
    for (const below of subCategories) of(below.id).listed.add(id);
  }
  return claims;
}

/** The category's own path decides; where it has none, the first path in the file that leads through it. */
const parentOf = ({ own, passed }: Claims): string | null => (own === undefined ? ([...passed][0] ?? null) : own);

function noteClaims(claims: ReadonlyMap<string, Claims>, names: ReadonlyMap<string, string>): CategoryNote[] {
  const notes: CategoryNote[] = [];
  for (const [category, claim] of claims) {
    const parent = parentOf(claim);
    const others = [...new Set([...claim.passed, ...claim.listed])].filter((other) => other !== parent);
    const named = (ids: readonly (string | null)[]) =>
      `${ids
        .slice(0, NAMED_PARENTS)
        .map((id) => id ?? 'the root')
        .join(', ')}${ids.length > NAMED_PARENTS ? ` and ${ids.length - NAMED_PARENTS} more` : ''}`;
    if (!names.has(category))
      notes.push({
        kind: 'not-in-file',
        category,
        reason: `is listed by ${named([...claim.listed])}, and has no entry`,
      });
    else if (others.length > 0)
      notes.push({
        kind: 'several-parents',
        category,
        reason: `stands below ${parent ?? 'the root'}, and is listed by ${named(others)}, too`,
      });
  }
  return notes;
}

/** The place of each category in the list of the one above it, by both ids. */
function placesOf(known: ReadonlyMap<string, Entry>): Map<string, number> {
  const places = new Map<string, number>();
  for (const { id, subCategories } of known.values())
    subCategories.forEach((below, index) => {
      const key = `${id} ${below.id}`;
      if (!places.has(key)) places.set(key, index);
    });
  return places;
}

/** Levels above a category; infinite where paths lead in a circle, which the tree refuses. */
function depthOf(id: string, parents: ReadonlyMap<string, string | null>): number {
  const passed = new Set<string>();
  for (let at: string | null = id; at !== null; at = parents.get(at) ?? null) {
    if (passed.has(at)) return Infinity;
    passed.add(at);
  }
  return passed.size;
}

/** A handle that people can read, and that stays the same whatever else the file holds: names occur twice, ids do not. */
function handleOf(name: string, id: string): string {
  const plain = (text: string) =>
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
  return [plain(name).slice(0, SLUG_LENGTH).replace(/-+$/, ''), plain(id)].filter((part) => part !== '').join('-');
}
